#include "harness/arrivals.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace handoff {
namespace {

constexpr double mean_gap = 1000.0;

// Gaps of one round through the table.
std::vector<double> gaps(arrivals& schedule) {
    std::vector<double> found;
    ticks before = 0;
    for (std::size_t i = 0; i < arrivals::table_size; ++i) {
        const ticks due = schedule.next();
        found.push_back(static_cast<double>(due - before));
        before = due;
    }
    return found;
}

TEST(arrivals_test, constant_ones_are_evenly_spaced) {
    arrivals schedule(arrival_pattern::constant, mean_gap, 1);
    for (const double gap : gaps(schedule)) EXPECT_EQ(gap, mean_gap);
}

TEST(arrivals_test, poisson_ones_have_exponential_gaps_of_the_right_mean) {
    for (const std::uint64_t seed : {1u, 2u, 3u}) {
        arrivals schedule(arrival_pattern::poisson, mean_gap, seed);
        double sum = 0.0;
        double squares = 0.0;
        std::size_t over_the_mean = 0;
        for (const double gap : gaps(schedule)) {
            sum += gap;
            squares += gap * gap;
            over_the_mean += gap > mean_gap;
        }
        const auto n = static_cast<double>(arrivals::table_size);
        EXPECT_NEAR(sum / n, mean_gap, 0.01 * mean_gap) << "seed " << seed;
        // An exponential distribution's deviation equals its mean, and a share of 1/e lies above it.
        EXPECT_NEAR(std::sqrt(squares / n - mean_gap * mean_gap), mean_gap, 0.1 * mean_gap)
            << "seed " << seed;
        EXPECT_NEAR(static_cast<double>(over_the_mean) / n, std::exp(-1.0), 0.03) << "seed " << seed;
    }
}

TEST(arrivals_test, the_same_seed_gives_the_same_times_and_another_one_others) {
    arrivals one(arrival_pattern::poisson, mean_gap, 7);
    arrivals same(arrival_pattern::poisson, mean_gap, 7);
    arrivals other(arrival_pattern::poisson, mean_gap, 8);
    const std::vector<double> gaps_of_one = gaps(one);
    EXPECT_EQ(gaps_of_one, gaps(same));
    EXPECT_NE(gaps_of_one, gaps(other));
}

TEST(arrivals_test, without_a_gap_all_are_due_at_once) {
    for (const arrival_pattern pattern : {arrival_pattern::constant, arrival_pattern::poisson}) {
        arrivals schedule(pattern, 0.0, 1);
        for (const double gap : gaps(schedule)) EXPECT_EQ(gap, 0.0);
    }
}

}  // namespace
}  // namespace handoff
