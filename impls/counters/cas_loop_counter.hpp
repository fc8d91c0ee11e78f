// Adds by compare-and-swap, again until no other thread came between: what one writes where there is no
// fetch_add.
//
// Progress: add is lock-free (a failed exchange means that another thread's succeeded); read is wait-free.
#pragma once

#include <cstdint>

#include "../counter.hpp"
#include "../support/atomic.hpp"

namespace handoff {

class cas_loop_counter {
public:
    using handle = direct_handle<cas_loop_counter>;

    static constexpr counter_spec spec{
        .name = "cas_loop_counter",
        .cite = "std::atomic, compare_exchange_weak",
        .add = progress::lock_free,
        .read = progress::wait_free,
        .value = read_guarantee::exact,
    };

    void add(std::int64_t n) {
        // relaxed: a guess, which the exchange checks.
        std::int64_t seen = value_.load(memory_order_relaxed);
        // relaxed: no other data depends on the value. A failure refreshes the guess.
        while (!value_.compare_exchange_weak(seen, seen + n, memory_order_relaxed)) {
        }
    }

    // relaxed: no other data depends on the value.
    std::int64_t read() const { return value_.load(memory_order_relaxed); }

private:
    atomic<std::int64_t> value_{0};
};

}  // namespace handoff
