#include "harness/canary.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "harness/machine/clock.hpp"
#include "harness/machine/topology.hpp"

namespace handoff {
namespace {

TEST(canary_test, the_chain_does_every_step) {
    // Found by hand: 1·a + c, and that once more; modulo 2^64.
    EXPECT_EQ(serial_chain(1, 0), 1u);
    EXPECT_EQ(serial_chain(1, 1), 7806831264735756412u);
    EXPECT_EQ(serial_chain(1, 2), serial_chain(serial_chain(1, 1), 1));
    EXPECT_EQ(serial_chain(1, 1000), serial_chain(serial_chain(1, 400), 600));
}

// What the compiler had shortened or thrown away would not take longer for more steps.
TEST(canary_test, the_time_is_that_of_the_steps) {
    harness_clock::calibrate();
    const auto quickest = [](std::uint64_t steps) {
        ticks best = ~ticks{0};
        for (int i = 0; i < 20; ++i) {
            const ticks start = harness_clock::now();
            volatile const std::uint64_t kept = serial_chain(1, steps);
            static_cast<void>(kept);
            best = std::min(best, harness_clock::now() - start);
        }
        return static_cast<double>(best);
    };
    EXPECT_NEAR(quickest(50'000) / quickest(5'000), 10.0, 2.0);
}

TEST(canary_test, one_cpu_pinned_or_not_is_enough) {
    harness_clock::calibrate();
    const int first = topology::detect().cpus().front().id;
    EXPECT_GT(canary_ns({first}), 0.0);
    EXPECT_GT(canary_ns({first, first}), 0.0);
    EXPECT_GT(canary_ns({not_pinned, not_pinned}), 0.0);
}

// No two steps overlap, so none is shorter than a cycle of the fastest of processors, 10 GHz.
TEST(canary_test, a_step_takes_a_cycle_at_least) {
    harness_clock::calibrate();
    EXPECT_GT(canary_ns(topology::detect().place("compact", 2)), 0.1);
}

}  // namespace
}  // namespace handoff
