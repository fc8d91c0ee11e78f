// The only wait loop of the harness: what a thread does after a try_ call has failed. The kind of waiting is
// run-time data and is looked at only after a failure, so that it costs the path of success nothing but, for
// the sleeping kinds, the look whether somebody sleeps.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
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

    // Repeats `attempt` until it succeeds, waiting between tries; when `give_up` says so, tries once more and
    // returns what came of it. A first attempt that succeeds costs a comparison.
    template <class Attempt, class GiveUp>
    [[gnu::always_inline]] bool until(Attempt attempt, GiveUp give_up) {
        if (attempt()) [[likely]]
            return true;
        return waited(attempt, give_up);
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

    // Out of line, and few places that try: so the compiler has no reason to take the implementation's call
    // out of the hot loop, for whichever implementation it finds too large to repeat.
    template <class Attempt, class GiveUp>
    [[gnu::noinline]] bool waited(Attempt& attempt, GiveUp& give_up) {
        const bool stamped = (waits_++ & stamp_mask_) == 0;
        const ticks start = stamped || kind_ == wait_kind::adaptive ? harness_clock::now() : 0;
        ++failed_;
        const bool done =
            kind_ == wait_kind::spin ? spun(attempt, give_up) : repeated(start, attempt, give_up);
        if (stamped) waiting_ += (harness_clock::now() - start) * (stamp_mask_ + 1);
        return done;
    }

    // As tight as a loop can be: the look whether to give up comes only now and then.
    template <class Attempt, class GiveUp>
    bool spun(Attempt& attempt, GiveUp& give_up) {
        constexpr std::uint64_t tries_between_looks = 64;
        bool last = give_up();
        for (std::uint64_t tries = 1; !attempt(); ++tries) {
            ++failed_;
            if (last) return false;
            if (tries % tries_between_looks == 0) last = give_up();
        }
        return true;
    }

    // Before each try a step of waiting; the sleeping kinds announce themselves before it and sleep after it.
    template <class Attempt, class GiveUp>
    bool repeated(ticks start, Attempt& attempt, GiveUp& give_up) {
        bool last = give_up();
        for (std::uint64_t round = 0;; ++round) {
            std::optional<eventcount::sleeper> sleeper;
            if (!last && sleeps_now(start)) {
                sleeper.emplace(mine_);
            } else if (!last) {
                pass_time(round);
            }
            if (attempt()) return true;
            ++failed_;
            if (last) return false;
            // Looked at after the announcement, so that neither an item nor the end of the run is slept
            // through. Without a bound: a wake-up that gets lost is a hang, and is seen.
            last = give_up();
            if (sleeper && !last) {
                if (kind_ == wait_kind::timed) {
                    sleeper->sleep(1'000'000);
                } else {
                    sleeper->sleep();
                }
            }
        }
    }

    bool sleeps_now(ticks start) const {
        return kind_ == wait_kind::block || kind_ == wait_kind::timed ||
               (kind_ == wait_kind::adaptive && harness_clock::now() - start >= spin_budget_);
    }

    // One step of the kinds that do not sleep on a futex.
    void pass_time(std::uint64_t round) const {
        switch (kind_) {
            case wait_kind::pause:
            case wait_kind::adaptive:
                return handoff::pause();
            case wait_kind::backoff:
                return back_off(round);
            case wait_kind::yield:
                return give_cpu_away();
            case wait_kind::sleep_1ms:
                return sleep_1ms();
            case wait_kind::spin:
            case wait_kind::block:
            case wait_kind::timed:
            case wait_kind::own:
                return;
        }
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
