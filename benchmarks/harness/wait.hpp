// The only wait loop of the harness: what a thread does after a try_ call has failed. The kind of waiting is
// run-time data and is looked at only after a failure, so that it costs the path of success nothing but, for
// the sleeping kinds, the look whether somebody sleeps.
//
// The shape of the loop is measured (harness_cost): the try is inlined once, in place; between two tries of
// `spin` nothing happens but counting in a register, of `pause` but that and the pause; what follows success
// is inlined. An out-of-line loop made round trips of the fastest queues longer by a half, a store per try by
// a third, a call per pause and one after success by 7%: what is in flight when the awaited line arrives
// counts.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "harness/machine/clock.hpp"
#include "support/eventcount.hpp"
#include "support/pause.hpp"

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
          stamp_mask_(cheap(kind) ? 63 : 0),
          step_mask_(kind == wait_kind::spin ? 1023 : 0),
          pause_mask_(kind == wait_kind::pause ? 63 : 0) {}

    // Repeats `attempt` until it succeeds, waiting between tries. When `give_up` says so, tries again (once;
    // `spin` and `pause` look only now and then, and try as often) and returns what came of it.
    template <class Attempt, class GiveUp>
    [[gnu::always_inline]] bool until(Attempt attempt, GiveUp give_up) {
        const std::uint64_t step_mask = step_mask_;
        const std::uint64_t pause_mask = pause_mask_;
        std::uint64_t failed = 0;
        while (!attempt()) {
            if ((failed & step_mask) == 0) [[unlikely]] {
                if ((failed & pause_mask) != 0) {
                    handoff::pause();
                } else if (!step(failed == 0, give_up)) {
                    finish(failed + 1);
                    return false;
                }
            }
            ++failed;
        }
        if (failed != 0) finish(failed);
        return true;
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

    // What is done between two tries, but for most pauses of `pause`. False if the try that has just failed
    // was the last.
    template <class GiveUp>
    [[gnu::noinline]] bool step(bool first, GiveUp& give_up) {
        if (first) start();
        if (last_) return false;
        last_ = give_up();
        // Announced before the try that has just failed, and looked after the announcement whether the run
        // ends: neither an item nor the end is slept through.
        if (announced_ && !last_) {
            sleep();
            last_ = give_up();
        }
        if (!last_) wait();
        return true;
    }

    [[gnu::always_inline]] void finish(std::uint64_t failed) {
        failed_ += failed;
        if (stamped_ || announced_) settle();
    }

    void start();
    void wait();
    void sleep();
    void retract();
    void settle();

    const wait_kind kind_;
    eventcount& mine_;
    eventcount& theirs_;
    const bool notifies_;
    const ticks spin_budget_;
    const std::uint64_t stamp_mask_;  // of the waits, which get a time stamp
    const std::uint64_t step_mask_;   // of the failed tries, which are followed by a step
    const std::uint64_t pause_mask_;  // of those, which are followed by a pause alone
    std::uint64_t waits_ = 0;
    std::uint64_t failed_ = 0;
    ticks waiting_ = 0;

    // Of the wait that is under way.
    bool last_ = false;
    bool stamped_ = false;
    std::uint64_t round_ = 0;
    ticks start_ = 0;
    bool announced_ = false;
    std::uint32_t epoch_ = 0;
};

}  // namespace handoff
