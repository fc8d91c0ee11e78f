#include "harness/latency.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace handoff {
namespace {

TEST(latency_test, small_values_are_exact) {
    latency_recorder r;
    for (ticks t = 1; t <= 50; ++t) r.record(t);
    EXPECT_EQ(r.percentile(0.5), 25.0);
    EXPECT_EQ(r.percentile(1.0), 50.0);
    EXPECT_EQ(r.highest(), 50u);
    EXPECT_EQ(r.total(), 50u);
}

TEST(latency_test, percentiles_lie_within_a_sixty_fourth_of_the_truth) {
    std::mt19937_64 random(7);
    std::lognormal_distribution<double> values(8.0, 2.0);
    latency_recorder r;
    std::vector<double> all;
    for (int i = 0; i < 20'000; ++i) {
        all.push_back(std::floor(values(random)));
        r.record(static_cast<ticks>(all.back()));
    }
    std::ranges::sort(all);
    for (const double share : {0.1, 0.5, 0.9, 0.99, 0.999}) {
        const double truth = all[static_cast<std::size_t>(std::ceil(share * 20'000.0)) - 1];
        EXPECT_NEAR(r.percentile(share) / truth, 1.0, 1.0 / 64.0) << share;
    }
    EXPECT_EQ(static_cast<double>(r.highest()), all.back());
}

TEST(latency_test, the_largest_stamp_fits) {
    latency_recorder r;
    r.record(~ticks{0});
    r.record(ticks{1} << 40);
    EXPECT_EQ(r.highest(), ~ticks{0});
    EXPECT_NEAR(r.percentile(0.5) / std::ldexp(1.0, 40), 1.0, 1.0 / 64.0);
}

TEST(latency_test, nothing_recorded_is_zero) {
    EXPECT_EQ(latency_recorder{}.percentile(0.5), 0.0);
}

}  // namespace
}  // namespace handoff
