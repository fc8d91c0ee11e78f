// The only wait loop of the harness: what a thread does after a try_ call has failed. The kind of waiting is
// run-time data and is looked at only after a failure, so that it costs the path of success nothing but, for
// the sleeping kinds, the look whether somebody sleeps.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "../../impls/support/pause.hpp"
#include "clock.hpp"
#include "eventcount.hpp"

namespace handoff {

//   spin       try again at once
//   pause      one pause instruction between tries
//   backoff    pauses that double up to a bound
//   yield      give the CPU away between tries
//   sleep_1ms  sleep 1 ms between tries
//   block      sleep on a futex until the other end has done something
//   adaptive   pause for a time budget, then block
//   timed      block, but for 1 ms at most
//   own        not the harness's waiting: the queue's own blocking push and pop
enum class wait_kind { spin, pause, backoff, yield, sleep_1ms, block, adaptive, timed, own };

inline constexpr std::array<std::string_view, 9> wait_names = {
    "spin", "pause", "backoff", "yield", "sleep_1ms", "block", "adaptive", "timed", "own"};

constexpr std::string_view name_of(wait_kind kind) {
    return wait_names[static_cast<std::size_t>(kind)];
}

constexpr bool sleeps_on_futex(wait_kind kind) {
    return kind == wait_kind::block || kind == wait_kind::adaptive || kind == wait_kind::timed;
}

// How `adaptive` divides its time: past about a futex's sleep and wake (2 µs) spinning has lost.
inline constexpr double spin_budget_ns = 2000.0;

// One end's waiting. `mine` is where this end sleeps, `theirs` where the other end does.
class wait_loop {
public:
    wait_loop(wait_kind kind, bool oversubscribed, eventcount& mine, eventcount& theirs)
        : kind_(kind),
          mine_(mine),
          theirs_(theirs),
          notifies_(sleeps_on_futex(kind)),
          // With more threads than CPUs the awaited thread may need this very CPU: do not spin at all.
          spin_budget_(oversubscribed ? 0 : harness_clock::from_ns(spin_budget_ns)),
          stamp_mask_(cheap(kind) ? 63 : 0) {}

    // For after a try that failed: repeats `attempt` until it succeeds, waiting between tries; when `give_up`
    // says so, tries once more and returns what came of it.
    // Out of line, and few places that try: so the compiler has no reason to take the implementation's call
    // out of the hot loop, for whichever implementation it finds too large to repeat.
    template <class Attempt, class GiveUp>
    [[gnu::noinline]] bool until(Attempt attempt, GiveUp give_up) {
        const bool stamped = (waits_++ & stamp_mask_) == 0;
        const ticks start = stamped || kind_ == wait_kind::adaptive ? harness_clock::now() : 0;
        ++failed_;
        const bool done = notifies_ ? repeat_asleep(start, attempt, give_up) : repeat_awake(attempt, give_up);
        if (stamped) waiting_ += (harness_clock::now() - start) * (stamp_mask_ + 1);
        return done;
    }

    // Call after each success: wakes a sleeper at the other end, if the kind has any.
    [[gnu::always_inline]] void announce() {
        if (notifies_) theirs_.notify_one();
    }

    std::uint64_t failed_attempts() const { return failed_; }
    ticks waiting() const { return waiting_; }

private:
    // Kinds whose waits are too short for a stamp each: one in 64 is stamped and stands for the others.
    static constexpr bool cheap(wait_kind kind) {
        return kind == wait_kind::spin || kind == wait_kind::pause || kind == wait_kind::backoff ||
               kind == wait_kind::adaptive;
    }

    // The kinds that stay awake, or sleep without being woken: a step of waiting before each try.
    template <class Attempt, class GiveUp>
    bool repeat_awake(Attempt& attempt, GiveUp& give_up) {
        switch (kind_) {
            case wait_kind::pause:
                return poll<64>([](std::uint64_t) { handoff::pause(); }, attempt, give_up);
            case wait_kind::backoff:
                return poll<1>([](std::uint64_t round) { back_off(round); }, attempt, give_up);
            case wait_kind::yield:
                return poll<1>([](std::uint64_t) { give_cpu_away(); }, attempt, give_up);
            case wait_kind::sleep_1ms:
                return poll<1>([](std::uint64_t) { sleep_1ms(); }, attempt, give_up);
            default:
                return poll<64>([](std::uint64_t) {}, attempt, give_up);
        }
    }

    // As tight as a loop can be: failures are counted in a register, and the look whether to give up comes
    // only now and then. A store in each try cost a round trip of the fastest queues a third.
    template <std::uint64_t TriesBetweenLooks, class Step, class Attempt, class GiveUp>
    bool poll(Step step, Attempt& attempt, GiveUp& give_up) {
        std::uint64_t failed = 0;
        bool done = false;
        for (bool last = false; !done && !last;) {
            last = give_up();
            const std::uint64_t tries = last ? 1 : TriesBetweenLooks;
            for (std::uint64_t i = 0; i < tries; ++i) {
                step(failed);
                done = attempt();
                if (done) break;
                ++failed;
            }
        }
        failed_ += failed;
        return done;
    }

    // The kinds that sleep on a futex: announce themselves before a try and sleep after it.
    template <class Attempt, class GiveUp>
    bool repeat_asleep(ticks start, Attempt& attempt, GiveUp& give_up) {
        while (!give_up()) {
            if (kind_ == wait_kind::adaptive && harness_clock::now() - start < spin_budget_) {
                handoff::pause();
                if (attempt()) return true;
                ++failed_;
                continue;
            }
            eventcount::sleeper sleeper(mine_);
            if (attempt()) return true;
            ++failed_;
            // Looked at after the announcement, so that neither an item nor the end of the run is slept
            // through. Without a bound: a wake-up that gets lost is a hang, and is seen.
            if (give_up()) break;
            if (kind_ == wait_kind::timed) {
                sleeper.sleep(1'000'000);
            } else {
                sleeper.sleep();
            }
        }
        if (attempt()) return true;
        ++failed_;
        return false;
    }

    static void back_off(std::uint64_t round);
    static void give_cpu_away();
    static void sleep_1ms();

    const wait_kind kind_;
    eventcount& mine_;
    eventcount& theirs_;
    const bool notifies_;
    const ticks spin_budget_;
    const std::uint64_t stamp_mask_;
    std::uint64_t waits_ = 0;
    std::uint64_t failed_ = 0;
    ticks waiting_ = 0;
};

}  // namespace handoff
