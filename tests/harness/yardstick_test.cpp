#include "harness/yardstick.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include "harness/machine/clock.hpp"
#include "harness/machine/topology.hpp"

namespace handoff {
namespace {

TEST(yardstick_test, measures_a_round_trip) {
    harness_clock::calibrate();
    const auto pairs = cpu_pairs(topology::detect(), {not_pinned});
    const std::optional<round_trips> ns = yardstick(pairs);
    ASSERT_EQ(ns.has_value(), !pairs.empty());
    if (!ns) return;
    // Two transfers of a line cannot be quicker than light, nor than a cycle.
    for (const double form : {ns->bare_standing, ns->paused_standing, ns->bare_walking, ns->paused_walking})
        EXPECT_GT(form, 1.0);
}

TEST(yardstick_test, there_is_none_without_a_pair) {
    EXPECT_FALSE(yardstick({}).has_value());
}

TEST(yardstick_test, the_hardware_is_the_least_form) {
    const round_trips four{
        .bare_standing = 75.0, .paused_standing = 48.0, .bare_walking = 140.0, .paused_walking = 120.0};
    EXPECT_EQ(four.hardware(), 48.0);
    const round_trips later{
        .bare_standing = 70.0, .paused_standing = 90.0, .bare_walking = 60.0, .paused_walking = 65.0};
    const auto figures = yardstick_figures(four, later);
    const auto figure = [&](std::string_view name) {
        const auto found = std::ranges::find(figures, name, &std::pair<std::string, double>::first);
        return found == figures.end() ? -1.0 : found->second;
    };
    EXPECT_EQ(figure("yardstick_before_ns"), 48.0);
    EXPECT_EQ(figure("yardstick_after_ns"), 60.0);
    EXPECT_EQ(figure("paused_walking_before_ns"), 120.0);
    EXPECT_EQ(figure("bare_standing_after_ns"), 70.0);
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
