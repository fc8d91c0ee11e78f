// The simulated network: a document's way, its attempts and pauses, and the link that all share.
#include "downloads/job/network.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace handoff {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

// All waits of a document's way, if each ends on time.
std::vector<nanoseconds> waits(const document& d, simulated_network& network, fetch_end& end) {
    simulated_fetch way(d, network);
    std::vector<nanoseconds> all;
    job_time now{0};
    while (const auto time = way.next(now)) {
        all.push_back(*time - now);
        now = *time;
    }
    EXPECT_FALSE(way.next(now).has_value()) << "the end stays the end";
    end = way.end();
    return all;
}

TEST(download_network_test, a_document_that_arrives_takes_its_latency) {
    simulated_network network({});
    fetch_end end{};
    EXPECT_EQ(waits({1, 20ms, 100}, network, end), std::vector<nanoseconds>{20ms});
    EXPECT_EQ(end, (fetch_end{fetch_status::arrived, 1}));
}

TEST(download_network_test, a_failed_attempt_is_repeated_after_its_pause) {
    const network_spec spec{.seed = 5};
    simulated_network network(spec);
    const document d{1, 20ms, 100, 2};
    fetch_end end{};
    const std::vector<nanoseconds> expected = {20ms, pause_after(spec, d, 0), 20ms, pause_after(spec, d, 1),
                                               20ms};
    EXPECT_EQ(waits(d, network, end), expected);
    EXPECT_EQ(end, (fetch_end{fetch_status::arrived, 3}));
    nanoseconds sum{0};
    for (const nanoseconds one : expected) sum += one;
    EXPECT_EQ(time_under_way(spec, d), sum);
}

TEST(download_network_test, who_fails_too_often_gives_up_and_who_is_refused_does_at_once) {
    const network_spec spec{.retries = {.attempts = 3}};
    simulated_network network(spec);
    fetch_end end{};
    for (const unsigned failures : {3U, 100U}) {
        const document d{1, 20ms, 100, failures};
        EXPECT_EQ(waits(d, network, end).size(), 5U);
        EXPECT_EQ(end, (fetch_end{fetch_status::gave_up, 3}));
        EXPECT_EQ(end, expected_end(d, spec.retries));
    }
    const document never{1, 20ms, 100, 1, true};
    EXPECT_EQ(waits(never, network, end), std::vector<nanoseconds>{20ms});
    EXPECT_EQ(end, (fetch_end{fetch_status::refused, 1}));
    EXPECT_EQ(end, expected_end(never, spec.retries));
}

TEST(download_network_test, pauses_are_even_below_a_bound_that_doubles) {
    const network_spec spec{.retries = {.first_bound = 10ms, .highest_bound = 40ms}, .seed = 1};
    constexpr unsigned documents = 4000;
    const std::vector<std::pair<unsigned, nanoseconds>> bounds = {
        {0, 10ms}, {1, 20ms}, {2, 40ms}, {3, 40ms}, {60, 40ms}};
    for (const auto& [attempt, bound] : bounds) {
        nanoseconds sum{0};
        for (unsigned id = 0; id < documents; ++id) {
            const nanoseconds pause = pause_after(spec, {id, 1ms, 1}, attempt);
            EXPECT_GE(pause, 0ns);
            EXPECT_LT(pause, bound);
            sum += pause;
        }
        // The standard error of the mean is 0.9% of it.
        const double mean = static_cast<double>(sum.count()) / documents;
        EXPECT_NEAR(mean / static_cast<double>(bound.count()), 0.5, 0.02);
    }
    EXPECT_EQ(pause_after(spec, {7, 1ms, 1}, 0), pause_after(spec, {7, 1ms, 1}, 0));
    EXPECT_NE(pause_after(spec, {7, 1ms, 1}, 0), pause_after({.seed = 2}, {7, 1ms, 1}, 0));
}

TEST(download_network_test, transfers_share_the_link) {
    simulated_network network({.bytes_per_second = 1e6});
    EXPECT_EQ(network.transfer(5ms, 1000), job_time(6ms));
    EXPECT_EQ(network.transfer(5ms, 2000), job_time(8ms)) << "behind the first";
    EXPECT_EQ(network.transfer(20ms, 1000), job_time(21ms)) << "the link was free";
    fetch_end end{};
    const document d{1, 30ms, 4000};
    EXPECT_EQ(waits(d, network, end), (std::vector<nanoseconds>{30ms, 4ms}));
    EXPECT_EQ(time_under_way(network.spec(), d), 34ms);
}

TEST(download_network_test, a_document_comes_at_a_rate_of_its_own) {
    simulated_network network({});
    fetch_end end{};
    const document d{.id = 1, .latency = 20ms, .bytes = 100, .failures = 1, .bytes_per_second = 5000};
    const nanoseconds pause = pause_after(network.spec(), d, 0);
    // Once, however many attempts there were.
    EXPECT_EQ(waits(d, network, end), (std::vector<nanoseconds>{20ms, pause, 20ms, 20ms}));
    EXPECT_EQ(end, (fetch_end{fetch_status::arrived, 2}));
    EXPECT_EQ(time_under_way(network.spec(), d), 60ms + pause);
    EXPECT_EQ(network.arrival(7ms, d), job_time(27ms)) << "nobody waits for anybody";
    EXPECT_EQ(network.arrival(7ms, d), job_time(27ms));
    const document never{1, 20ms, 100, 0, true, 5000};
    EXPECT_EQ(waits(never, network, end), std::vector<nanoseconds>{20ms});
    EXPECT_EQ(time_under_way(network.spec(), never), 20ms);
}

TEST(download_network_test, the_slower_of_the_link_and_its_own_way_ends_a_transfer) {
    simulated_network network({.bytes_per_second = 1e6});
    const document slow{0, 1ms, 1000, 0, false, 100'000};    // 1 ms on the link, 10 ms on its own way
    const document fast{1, 1ms, 4000, 0, false, 2'000'000};  // 4 ms and 2 ms
    EXPECT_EQ(network.arrival(0ms, slow), job_time(10ms));
    EXPECT_EQ(network.arrival(0ms, fast), job_time(5ms)) << "the slow one has left the link after 1 ms";
    EXPECT_EQ(network.arrival(0ms, {2, 1ms, 6000, 0, false, 1'000'000}), job_time(11ms));
    EXPECT_EQ(time_under_way(network.spec(), slow), 11ms);
    EXPECT_EQ(time_under_way(network.spec(), fast), 5ms);
}

}  // namespace
}  // namespace handoff
