#include "harness/machine/topology.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <string>

#include "harness/machine/errors.hpp"

namespace handoff {
namespace {

using ids = std::vector<int>;

// Two packages of two cores with two units each: cores {0,1} {2,3} | {4,5} {6,7}.
topology two_sockets() {
    return topology::synthetic("package:2 core:2 pu:2");
}

std::string refusal(const topology& machine, const std::string& placement) {
    try {
        machine.place(placement, 2);
    } catch (const misuse& e) {
        return e.what();
    }
    return "accepted";
}

TEST(topology_test, compact_fills_cores_before_their_second_units) {
    EXPECT_EQ(two_sockets().place("compact", 6), (ids{0, 2, 4, 6, 1, 3}));
}

TEST(topology_test, scatter_takes_packages_by_turns) {
    EXPECT_EQ(two_sockets().place("scatter", 6), (ids{0, 4, 2, 6, 1, 5}));
}

TEST(topology_test, placements_go_round_when_there_are_more_threads) {
    EXPECT_EQ(topology::synthetic("core:2 pu:1").place("compact", 5), (ids{0, 1, 0, 1, 0}));
    EXPECT_EQ(two_sockets().place("cpus:3,5", 3), (ids{3, 5, 3}));
}

TEST(topology_test, units_that_are_in_no_core_are_cores) {
    EXPECT_EQ(topology::synthetic("package:2 pu:4").place("scatter", 4), (ids{0, 4, 1, 5}));
}

TEST(topology_test, none_pins_nothing) {
    EXPECT_EQ(two_sockets().place("none", 2), (ids{-1, -1}));
}

TEST(topology_test, refusals_name_the_value_and_the_choices) {
    EXPECT_EQ(refusal(two_sockets(), "nearby"),
              "placement 'nearby' is unknown; valid: compact, scatter, none, cpus:LIST with CPUs from "
              "0,1,2,3,4,5,6,7");
    EXPECT_EQ(refusal(two_sockets(), "cpus:0,8"),
              "placement 'cpus:0,8': there is no CPU '8' here; valid: 0,1,2,3,4,5,6,7");
    EXPECT_EQ(refusal(two_sockets(), "cpus:1x"),
              "placement 'cpus:1x': there is no CPU '1x' here; valid: 0,1,2,3,4,5,6,7");
    EXPECT_NE(refusal(two_sockets(), "cpus:").find("names no CPU"), std::string::npos);
}

TEST(topology_test, pairs_are_of_different_cpus) {
    const topology machine = two_sockets();
    EXPECT_TRUE(cpu_pairs(machine, {3, 3}).empty());
    EXPECT_EQ(cpu_pairs(machine, {3, 5, 3}), (std::vector<std::pair<int, int>>{{3, 5}}));
    EXPECT_EQ(cpu_pairs(machine, {not_pinned, not_pinned}), (std::vector<std::pair<int, int>>{{0, 1}}));
    EXPECT_EQ(cpu_pairs(machine, {0, 1, 2}).size(), 3u);
}

TEST(topology_test, what_describes_no_machine_is_misuse) {
    EXPECT_THROW(topology::synthetic("package:two"), misuse);
    EXPECT_THROW(topology::from_xml("<html></html>"), misuse);
}

TEST(topology_test, the_affinity_mask_limits_this_machine) {
    cpu_set_t before;
    ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
    const int last = topology::detect().cpus().back().id;
    cpu_set_t only_last;
    CPU_ZERO(&only_last);
    CPU_SET(static_cast<std::size_t>(last), &only_last);
    ASSERT_EQ(sched_setaffinity(0, sizeof only_last, &only_last), 0);
    const topology limited = topology::detect();
    ASSERT_EQ(sched_setaffinity(0, sizeof before, &before), 0);
    ASSERT_EQ(limited.cpus().size(), 1u);
    EXPECT_EQ(limited.cpus().front().id, last);
}

TEST(topology_test, this_machine_has_a_cpu) {
    const topology machine = topology::detect();
    ASSERT_FALSE(machine.cpus().empty());
    EXPECT_EQ(machine.place("compact", 1).size(), 1u);
}

}  // namespace
}  // namespace handoff
