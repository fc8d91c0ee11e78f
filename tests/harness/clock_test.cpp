#include "harness/machine/clock.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <thread>

namespace handoff {
namespace {

using namespace std::chrono_literals;

// Leaves the process with a calibrated clock whatever a test has done to it.
class clock_test : public testing::Test {
protected:
    void SetUp() override { harness_clock::calibrate(); }
    void TearDown() override { harness_clock::calibrate(); }
};

TEST_F(clock_test, agrees_with_wall_time) {
    const clock_check check;
    std::this_thread::sleep_for(50ms);
    EXPECT_LT(std::abs(check.error()), clock_tolerance);
}

TEST_F(clock_test, a_wrong_frequency_is_found_out) {
    // Without a time stamp counter there is no frequency that could be wrong.
    if (harness_clock::uses_tsc()) {
        harness_clock::calibrate(harness_clock::hz() * 1.01);
        const clock_check check;
        std::this_thread::sleep_for(20ms);
        EXPECT_NEAR(check.error(), -0.01, 0.002);
    }
}

TEST_F(clock_test, converts_both_ways) {
    const ticks second = harness_clock::from_ns(1e9);
    EXPECT_NEAR(harness_clock::seconds(second), 1.0, 1e-6);
    EXPECT_NEAR(static_cast<double>(second), harness_clock::hz(), 2.0);
}

TEST_F(clock_test, stamps_do_not_run_backward) {
    ticks last = harness_clock::now();
    for (int i = 0; i < 100'000; ++i) {
        const ticks now = harness_clock::now();
        ASSERT_GE(now, last);
        last = now;
    }
}

TEST_F(clock_test, the_floor_is_a_real_cost) {
    EXPECT_GT(harness_clock::floor_ns(), 0.0);
    EXPECT_LT(harness_clock::floor_ns(), 10'000.0);
}

}  // namespace
}  // namespace handoff
