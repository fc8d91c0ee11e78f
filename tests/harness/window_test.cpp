#include "harness/window.hpp"

#include <gtest/gtest.h>

namespace handoff {
namespace {

// What a wait_loop tells of itself.
struct waits {
    std::uint64_t failed = 0;
    ticks spent = 0;
    std::uint64_t failed_attempts() const { return failed; }
    ticks waiting() const { return spent; }
};

TEST(window_test, counts_only_what_lies_between_the_edges) {
    window w;
    thread_record record;
    meter m(w, record);
    EXPECT_FALSE(m.edge(5, waits{1, 10}));
    w.enter(phase::measure);
    EXPECT_FALSE(m.edge(7, waits{2, 20}));  // opens: 7 done before
    EXPECT_FALSE(m.edge(9, waits{3, 30}));
    w.enter(phase::drain);
    EXPECT_TRUE(m.edge(12, waits{4, 60}, waits{2, 30}));  // closes
    EXPECT_TRUE(m.edge(99, waits{99, 999}));
    EXPECT_EQ(record.done.operations, 5u);
    EXPECT_EQ(record.done.failed_attempts, 4u);
    EXPECT_EQ(record.done.waiting, 70u);
    EXPECT_GT(record.elapsed, 0u);
}

TEST(window_test, a_thread_that_slept_through_the_opening_counts_nothing) {
    window w;
    thread_record record;
    meter m(w, record);
    w.enter(phase::measure);
    w.enter(phase::drain);
    EXPECT_TRUE(m.edge(4));
    EXPECT_EQ(record.done.operations, 0u);
}

TEST(window_test, a_late_thread_counts_from_its_start) {
    window w;
    w.enter(phase::measure);
    thread_record record;
    meter m(w, record);
    w.enter(phase::drain);
    EXPECT_TRUE(m.edge(4));
    EXPECT_EQ(record.done.operations, 4u);
}

TEST(window_test, phases_never_go_back) {
    window w;
    w.enter(phase::abandoned);
    w.enter(phase::drain);
    EXPECT_TRUE(w.abandoned());
}

TEST(window_test, is_fed_until_the_last_feeder_stops) {
    window w(2);
    EXPECT_EQ(w.stop_feeding(), 1u);
    EXPECT_FALSE(w.fed());
    EXPECT_EQ(w.stop_feeding(), 0u);
    EXPECT_TRUE(w.fed());
}

}  // namespace
}  // namespace handoff
