// One atomic integer, one relaxed fetch_add: atomic, and no ordering of anything else.
//
// Progress: wait-free where fetch_add is one instruction (x86-64, AArch64 with LSE); a load-linked loop,
// hence lock-free, on older AArch64.
#pragma once

#include <cstdint>

#include "../counter.hpp"
#include "../support/atomic.hpp"

namespace handoff {

class relaxed_fetch_add_counter {
public:
    using handle = direct_handle<relaxed_fetch_add_counter>;

    static constexpr counter_spec spec{
        .name = "relaxed_fetch_add_counter",
        .cite = "std::atomic, relaxed",
        .add = progress::wait_free,
        .read = progress::wait_free,
        .value = read_guarantee::exact,
    };

    void add(std::int64_t n) {
        // relaxed: no other data depends on the value.
        value_.fetch_add(n, memory_order_relaxed);
    }
    // relaxed: as in add; one variable has one modification order, which is all that a count needs.
    std::int64_t read() const { return value_.load(memory_order_relaxed); }

private:
    atomic<std::int64_t> value_{0};
};

}  // namespace handoff
