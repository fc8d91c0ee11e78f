// What follows from a list and from the stamps of a job: its bound, and the time that places were free, or
// that an ordered window was blocked.
#include "downloads/job/verdict.hpp"

#include <gtest/gtest.h>

namespace handoff {
namespace {

using namespace std::chrono_literals;

// Two places. The first document is slow; the second has come, and waits with its result for the first.
const std::vector<fetch_stamps> ordered_window = {
    {0ms, 30ms, 30ms}, {0ms, 10ms, 30ms}, {30ms, 40ms, 40ms}, {30ms, 50ms, 50ms}};

// The same documents, each started as soon as a place was free.
const std::vector<fetch_stamps> unordered_window = {
    {0ms, 30ms, 30ms}, {0ms, 10ms, 10ms}, {10ms, 20ms, 20ms}, {20ms, 40ms, 40ms}};

TEST(download_verdict_test, places_are_idle_while_documents_are_left_to_start) {
    EXPECT_DOUBLE_EQ(idle_seconds(ordered_window, 2), 0.020);
    EXPECT_DOUBLE_EQ(idle_seconds(unordered_window, 2), 0.0);
    EXPECT_DOUBLE_EQ(idle_seconds(ordered_window, 3), 0.050) << "a third place is free all the time";
}

TEST(download_verdict_test, a_window_is_blocked_only_when_it_is_full) {
    EXPECT_DOUBLE_EQ(blocked_seconds(ordered_window, 2, 2), 0.020);
    EXPECT_DOUBLE_EQ(blocked_seconds(ordered_window, 2, 3), 0.0) << "there was place for a third result";
    EXPECT_DOUBLE_EQ(blocked_seconds(unordered_window, 2, 2), 0.0);
}

TEST(download_verdict_test, the_bound_is_the_longest_of_its_parts) {
    const std::vector<document> documents = {{0, 10ms, 1000}, {1, 30ms, 1000}, {2, 20ms, 2000}};
    const download_bound unlimited = bound_of(documents, {}, 2, 0.003, 2.0);
    EXPECT_DOUBLE_EQ(unlimited.document_s, 0.021);
    EXPECT_DOUBLE_EQ(unlimited.latency_s, 0.0315);
    EXPECT_DOUBLE_EQ(unlimited.cpu_s, 0.0015);
    EXPECT_DOUBLE_EQ(unlimited.seconds(), 0.0315);
    EXPECT_DOUBLE_EQ(unlimited.enough, 2.1) << "with more of them the longest document is the bound";
    EXPECT_DOUBLE_EQ(bound_of(documents, {}, 3, 0.003, 2.0).seconds(), 0.030);
    const download_bound shared = bound_of(documents, {.bytes_per_second = 40e3}, 2, 0.003, 2.0);
    EXPECT_DOUBLE_EQ(shared.bandwidth_s, 0.1);
    // Each transfer by itself is part of its document's time.
    EXPECT_DOUBLE_EQ(shared.document_s, (0.163 / 3.0));
    EXPECT_DOUBLE_EQ(shared.seconds(), 0.1);
    // So is one at a rate of its own, which is no part of the link.
    std::vector<document> paced = documents;
    paced[0].bytes_per_second = 10'000;
    EXPECT_DOUBLE_EQ(bound_of(paced, {}, 2, 0.003, 2.0).document_s, (0.163 / 3.0));
    EXPECT_DOUBLE_EQ(bound_of(paced, {}, 2, 0.003, 2.0).bandwidth_s, 0.0);
    EXPECT_DOUBLE_EQ(bound_of(paced, {}, 2, 0.003, 2.0).seconds(), 0.110) << "the longest alone";
    EXPECT_DOUBLE_EQ(bound_of(documents, {}, 2, 0.9, 2.0).seconds(), 0.48);
    EXPECT_DOUBLE_EQ(bound_of(documents, {}, 8, 0.9, 2.0).seconds(), 0.45);
}

}  // namespace
}  // namespace handoff
