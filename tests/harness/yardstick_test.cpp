#include "harness/yardstick.hpp"

#include <gtest/gtest.h>

#include "harness/machine/clock.hpp"
#include "harness/machine/topology.hpp"

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

TEST(yardstick_test, of_many_pairs_8_are_measured_and_of_8_all) {
    const topology machine = topology::synthetic("package:2 core:64 pu:2");
    const auto all = cpu_pairs(machine, machine.place("compact", 256));
    EXPECT_EQ(all.size(), 32640u);
    EXPECT_EQ(measured_pairs(all).size(), 8u);
    const std::vector<std::pair<int, int>> eight(all.begin(), all.begin() + 8);
    EXPECT_EQ(measured_pairs(eight), eight);
    EXPECT_LE(measured_pairs({all.begin(), all.begin() + 9}).size(), 8u);
    EXPECT_TRUE(measured_pairs({}).empty());
}

}  // namespace
}  // namespace handoff
