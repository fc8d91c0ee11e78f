// What the controls of known slowness share: a cached_spsc_ring whose consumer, at every 32nd pop, stalls for
// a given share of the time that has passed since the stall before. So the slowness is a share of the cost of
// a hand-over wherever the machine has put the two CPUs, and not a number of nanoseconds. At every pop it
// would be a few nanoseconds, which a processor hides behind stores under way and a wait hides in its step.
//
// Progress and memory: cached_spsc_ring's; a stall ends by itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ratio>
#include <string_view>
#include <utility>

#include "../queue.hpp"
#include "../queues/cached_spsc_ring.hpp"
#include "../support/cache_line.hpp"
#include "../support/cycle_counter.hpp"

namespace handoff {

// The spec of such a control.
constexpr queue_spec stalling_spec(std::string_view name, std::string_view cite) {
    return {.name = name,
            .cite = cite,
            .producers = cardinality::one,
            .consumers = cardinality::one,
            .bound = boundedness::bounded,
            .push = progress::wait_free,
            .pop = progress::wait_free,
            .delivery = order::fifo};
}

template <class T, class Share>
class stalling_ring {
public:
    using value_type = T;
    using producer = direct_producer<stalling_ring>;
    using consumer = direct_consumer<stalling_ring>;

    explicit stalling_ring(std::size_t capacity) : ring_(capacity) {}

    std::size_t capacity() const { return ring_.capacity(); }

    bool try_push(T&& value) { return ring_.try_push(std::move(value)); }

    bool try_pop(T& value) {
        if (!ring_.try_pop(value)) return false;
        if (++pops_ % pops_per_stall == 0) stall();
        return true;
    }

private:
    static constexpr std::uint64_t pops_per_stall = 32;

    [[gnu::noinline]] void stall() {
        const std::uint64_t now = cycle_counter();
        const std::uint64_t owed = (now - last_stall_) * share_.numerator / share_.denominator;
        // A look at the counter takes a good part of a stall: what one was too long, the next is shorter.
        std::uint64_t stalled = paid_ahead_;
        while (stalled < owed) stalled = paid_ahead_ + (cycle_counter() - now);
        paid_ahead_ = stalled - owed;
        last_stall_ = now;
    }

    // Read as the program runs, so that the compiler makes the same of every share, nothing included: rings
    // of two shares differ in the time that they stall, and not in how their loops happen to be aligned.
    struct share {
        std::uint64_t numerator = Share::num;
        std::uint64_t denominator = Share::den;
    };
    static inline const volatile share share_{};

    cached_spsc_ring<T> ring_;
    // The consumer's alone.
    alignas(no_false_sharing) std::uint64_t pops_ = 0;
    std::uint64_t last_stall_ = cycle_counter();
    std::uint64_t paid_ahead_ = 0;  // cycles
};

}  // namespace handoff
