#include "support/eventcount.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

namespace handoff {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr std::uint32_t last_epoch = 0xffff'ffff;

TEST(eventcount_test, sleeps_until_the_timeout) {
    eventcount events;
    const auto start = clock::now();
    events.sleep(events.announce(), 20'000'000);
    events.retract();
    EXPECT_GE(clock::now() - start, 15ms);
}

// What was notified after the announcement ends the sleep that comes then.
void expect_notified(std::uint32_t first_epoch) {
    eventcount events(first_epoch);
    const std::uint32_t announced = events.announce();
    EXPECT_EQ(announced, first_epoch);
    events.notify_one();
    const auto start = clock::now();
    // Shorter than what ends a test that hangs (scripts/mutations.py: 60 s), which would not say why.
    events.sleep(announced, 20'000'000'000);
    events.retract();
    EXPECT_LT(clock::now() - start, 20s);
}

TEST(eventcount_test, a_notification_after_the_announcement_is_not_lost) {
    expect_notified(0);
}

// The next epoch is 0: another one than was announced, although it is below.
TEST(eventcount_test, a_notification_with_which_the_epoch_wraps_is_not_lost) {
    expect_notified(last_epoch);
}

TEST(eventcount_test, wakes_all) {
    eventcount events;
    std::atomic<bool> open{false};
    const auto wait_for_it = [&] {
        while (!open) {
            const std::uint32_t announced = events.announce();
            if (!open) events.sleep(announced);
            events.retract();
        }
    };
    std::thread a(wait_for_it);
    std::thread b(wait_for_it);
    std::this_thread::sleep_for(20ms);
    open = true;
    events.notify_all();
    a.join();
    b.join();
}

// Two threads hand a turn over with nothing but the eventcount: one lost wake-up and the test hangs, which
// the limits of the sleeps and of ctest turn into a failure.
TEST(eventcount_test, hands_over_many_turns_without_losing_a_wake_up) {
    eventcount events[2];
    std::atomic<int> turn{0};
    constexpr int turns = 50'000;
    const auto play = [&](int me) {
        for (int i = me; i < turns; i += 2) {
            while (turn.load() != i) {
                const std::uint32_t announced = events[me].announce();
                if (turn.load() != i) events[me].sleep(announced);
                events[me].retract();
            }
            turn.store(i + 1);
            events[1 - me].notify_one();
        }
    };
    std::thread other(play, 1);
    play(0);
    other.join();
    EXPECT_EQ(turn, turns);
}

}  // namespace
}  // namespace handoff
