// The aim of the stops. What it learns is tested on signals and calls of a made-up machine, whose times are
// numbers: how fast this one is does not matter.
#include "stress/stop_aim.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace handoff::linearizability::testing {
namespace {

using namespace std::chrono_literals;
using nanoseconds = std::chrono::nanoseconds;

constexpr std::uint64_t middle = 2'000;  // the chance that adds nothing to the delay

// A machine on which a signal comes so long after its timer has ended, and calls begin so long after the
// threads were ready to meet.
struct made_up_machine {
    nanoseconds signal_takes;
    nanoseconds meeting_takes;
    nanoseconds calls_take;

    // One burst; whether the signal came during the calls.
    bool hits(stop_aim& aim, std::uint64_t chance) const {
        const nanoseconds signal = aim.next_delay(chance) + signal_takes;
        const nanoseconds begin = meeting_takes;
        const nanoseconds end = begin + calls_take;
        aim.calls_begin(signal >= begin);
        aim.calls_end(signal > end);
        return signal >= begin && signal <= end;
    }

    // Of a thousand bursts, after as many as it takes to learn.
    int hits_when_learned(stop_aim& aim) const {
        std::uint64_t chance = 1;
        const auto next = [&chance] { return chance = chance * 6'364'136'223'846'793'005 + 1; };
        for (int burst = 0; burst < 1'000; ++burst) hits(aim, next() >> 32);
        int hit = 0;
        for (int burst = 0; burst < 1'000; ++burst) hit += hits(aim, next() >> 32);
        return hit;
    }
};

TEST(stop_aim_test, chance_spreads_it_evenly_around_the_delay) {
    const stop_aim aim;
    EXPECT_EQ(aim.next_delay(middle), 0ns);
    EXPECT_EQ(aim.next_delay(0), -2us);
    EXPECT_EQ(aim.next_delay(2 * middle - 1), 1'999ns);
    EXPECT_EQ(aim.next_delay(2 * middle), -2us);
}

TEST(stop_aim_test, too_early_makes_the_next_one_later_and_too_late_earlier) {
    stop_aim aim;
    aim.calls_begin(false);
    EXPECT_EQ(aim.next_delay(middle), 200ns);
    aim.calls_begin(true);
    aim.calls_end(false);
    EXPECT_EQ(aim.next_delay(middle), 200ns) << "it met a call: there is nothing to learn";
    aim.calls_begin(true);
    aim.calls_end(true);
    EXPECT_EQ(aim.next_delay(middle), 0ns);
}

TEST(stop_aim_test, goes_astray_within_bounds) {
    stop_aim aim;
    for (int burst = 0; burst < 2'000; ++burst) aim.calls_begin(false);
    EXPECT_EQ(aim.next_delay(middle), 100us);
    for (int burst = 0; burst < 2'000; ++burst) aim.calls_end(true);
    EXPECT_EQ(aim.next_delay(middle), -100us);
}

TEST(stop_aim_test, learns_when_the_signal_meets_the_calls) {
    for (const made_up_machine& machine : {made_up_machine{0us, 40us, 5us}, made_up_machine{50us, 1us, 5us},
                                           made_up_machine{3us, 3us, 5us}, made_up_machine{90us, 1us, 1us}}) {
        stop_aim aim;
        const int least = machine.calls_take < 4us ? 200 : 800;
        EXPECT_GT(machine.hits_when_learned(aim), least) << machine.signal_takes.count() << " ns";
    }
}

TEST(stop_aim_test, learns_anew_when_the_machine_has_changed) {
    stop_aim aim;
    EXPECT_GT((made_up_machine{60us, 1us, 5us}.hits_when_learned(aim)), 800);
    EXPECT_GT((made_up_machine{1us, 60us, 5us}.hits_when_learned(aim)), 800);
}

#ifdef HANDOFF_STOPS_THREADS  // not under clang's sanitizers

// Not before it was waited for, and with the timer set, however fast the machine: a call that waits for the
// signal is met by it once the aim has learned how long it takes until the call has begun.
TEST(stop_aim_test, sets_the_timer_and_keeps_the_thread_waiting) {
    stalls::target victim;
    std::thread thread([&victim] {
        const stalls::target::presence here(victim);
        stop_aim late;
        late.set(victim, middle);  // makes the timer, which takes longer than to set it
        for (int burst = 0; burst < 1'000; ++burst) late.calls_end(true);
        const auto before = std::chrono::steady_clock::now();
        late.set(victim, middle);
        EXPECT_GE(std::chrono::steady_clock::now() - before, 100us);
        while (victim.is_stop_due()) std::this_thread::yield();
        EXPECT_EQ(victim.stops(), 0U) << "it was in no call";
        stop_aim aim;
        while (victim.stops() == 0) {
            aim.set(victim, middle);
            aim.calls_begin(victim.is_stop_due());
            victim.enter(0);
            while (victim.is_stop_due()) std::this_thread::yield();
            victim.leave();
        }
    });
    while (!victim.ended()) {
        if (victim.is_stopped()) victim.release();
        std::this_thread::yield();
    }
    thread.join();
    EXPECT_EQ(victim.stops(), 1U);
}

#endif

}  // namespace
}  // namespace handoff::linearizability::testing
