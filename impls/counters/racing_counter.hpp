// Control: adds by a load and a store instead of one atomic step, so that two threads can read the same
// value and one of the two additions is lost. `counter += 1` on a plain variable does the same, but is
// undefined behaviour.
#pragma once

#include <cstdint>

#include "../counter.hpp"
#include "../support/atomic.hpp"

namespace handoff {

class racing_counter {
public:
    using handle = direct_handle<racing_counter>;

    static constexpr counter_spec spec{
        .name = "racing_counter",
        .cite = "relaxed load, then relaxed store",
        .add = progress::wait_free,
        .read = progress::wait_free,
        .value = read_guarantee::lossy,
    };

    void add(std::int64_t n) {
        // relaxed: a stronger order would not help; what is missing is atomicity of the pair.
        const std::int64_t seen = value_.load(memory_order_relaxed);
        // relaxed: as above.
        value_.store(seen + n, memory_order_relaxed);
    }

    // relaxed: no other data depends on the value.
    std::int64_t read() const { return value_.load(memory_order_relaxed); }

private:
    atomic<std::int64_t> value_{0};
};

}  // namespace handoff
