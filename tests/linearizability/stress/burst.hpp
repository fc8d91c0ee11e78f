// What a burst is and what chance decides of it. Bursts are short runs of a few threads that all begin at
// once, each recorded whole and judged before the next one begins. Many short ones meet more often in the
// first and last instants of a queue's life, where it is full or empty, than one long run does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <thread>
#include <vector>

#include "checkers/order_free.hpp"
#include "history/recorder.hpp"
#include "steps.hpp"
#include "support/pause.hpp"

namespace handoff::linearizability {

// What a burst does, drawn anew for each.
struct burst_draw {
    std::size_t attempts = 0;   // calls per thread
    unsigned push_percent = 0;  // for a thread that makes both kinds of calls
    unsigned pauses = 0;        // at most this many between two calls
    bool yields = false;        // now and then gives the processor away between two calls
    unsigned wait_percent = 0;  // while another thread is stopped, waits for its release before a call
    // Whom its timer stops, in bursts with stops: two threads, or one twice named.
    std::size_t to_be_stopped[2] = {};
    std::uint64_t seed = 0;
};

// Most are so short that a search decides them whatever the promise; each eighth is long.
inline constexpr unsigned long_every = 8;
inline constexpr std::size_t most_attempts = 160;
inline constexpr std::size_t most_with_stops = 48;  // by all threads of a short one

class burst_dice {
public:
    explicit burst_dice(std::uint64_t seed) : random_(seed) {}

    // A burst with stops has more calls, so that some are made during the stop and, since part of them waits
    // for the release, some after it. And often no yields: a timer that ends while its thread has given the
    // processor away finds it outside a call.
    burst_draw draw(unsigned threads, bool crowded, bool with_stops) {
        constexpr unsigned percents[] = {20, 50, 50, 80};
        constexpr unsigned pauses[] = {0, 0, 2, 12};
        constexpr unsigned waits[] = {0, 20, 40, 60};
        const bool is_long = ++bursts_ % long_every == 0;
        const std::size_t first = below(threads);
        const std::size_t most_short = with_stops     ? most_with_stops / threads
                                       : threads <= 2 ? 6
                                                      : 12 / threads;
        return {
            .attempts = is_long ? most_attempts / 4 + below(most_attempts * 3 / 4) : 1 + below(most_short),
            .push_percent = percents[below(4)],
            .pauses = pauses[below(4)],
            .yields = crowded && (!with_stops || below(2) == 0),
            .wait_percent = waits[below(4)],
            .to_be_stopped = {first, below(3) == 0 ? below(threads) : first},
            .seed = random_()};
    }
    std::size_t below(std::size_t bound) {
        return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_);
    }

private:
    std::mt19937_64 random_;
    unsigned bursts_ = 0;
};

// How a thread passes the time between two calls, and which kind of call comes next.
class call_pace {
public:
    call_pace(const burst_draw& draw, unsigned thread)
        : draw_(draw),
          is_to_be_stopped_(draw.to_be_stopped[0] == thread || draw.to_be_stopped[1] == thread),
          state_(draw.seed + 0x9e37'79b9'7f4a'7c15 * (thread + 1)) {}

    void wait() {
        if (draw_.pauses > 0) {
            for (std::uint64_t n = next() % draw_.pauses; n > 0; --n) pause();
        }
        if (draw_.yields && next() % 4 == 0) std::this_thread::yield();
    }
    bool waits_for_release() { return next() % 100 < draw_.wait_percent; }
    bool is_to_be_stopped() const { return is_to_be_stopped_; }
    // Rather than by a timer: every other burst.
    bool stops_by_steps() const { return stalls::can_step && draw_.seed % 2 == 0; }
    std::uint64_t any_number() { return next(); }
    bool push_next() { return next() % 100 < draw_.push_percent; }

private:
    // splitmix64 (Steele, Lea, Flood, OOPSLA 2014): a few instructions, no memory.
    std::uint64_t next() {
        std::uint64_t z = state_ += 0x9e37'79b9'7f4a'7c15;
        z = (z ^ (z >> 30)) * 0xbf58'476d'1ce4'e5b9;
        z = (z ^ (z >> 27)) * 0x94d0'49bb'1331'11eb;
        return z ^ (z >> 31);
    }

    const burst_draw draw_;
    const bool is_to_be_stopped_;
    std::uint64_t state_;
};

}  // namespace handoff::linearizability
