#include "harness/yardstick.hpp"

#include <gtest/gtest.h>

#include "harness/clock.hpp"
#include "harness/topology.hpp"

namespace handoff {
namespace {

TEST(yardstick_test, measures_a_round_trip) {
    harness_clock::calibrate();
    const auto pairs = cpu_pairs(topology::detect(), {not_pinned});
    const std::optional<double> ns = yardstick_ns(pairs);
    EXPECT_EQ(ns.has_value(), !pairs.empty());
    // Two transfers of a line cannot be quicker than light, nor than a cycle.
    EXPECT_GT(ns.value_or(2.0), 1.0);
}

TEST(yardstick_test, there_is_none_without_a_pair) {
    EXPECT_FALSE(yardstick_ns({}).has_value());
}

}  // namespace
}  // namespace handoff
