// Control: one relaxed fetch_add on a cache line that holds nothing else: what the hardware charges for a
// shared count. No linearizable counter on one word can be faster, so a figure below it is a fault of the
// measurement.
#pragma once

#include <cstdint>

#include "../counter.hpp"
#include "../support/atomic.hpp"
#include "../support/cache_line.hpp"

namespace handoff {

class faa_floor_counter {
public:
    using handle = direct_handle<faa_floor_counter>;

    static constexpr counter_spec spec{
        .name = "faa_floor_counter",
        .cite = "control: the hardware's fetch_add",
        .add = progress::wait_free,
        .read = progress::wait_free,
        .value = read_guarantee::exact,
    };

    // relaxed: no other data depends on the value.
    void add(std::int64_t n) { value_.fetch_add(n, memory_order_relaxed); }
    // relaxed: as in add.
    std::int64_t read() const { return value_.load(memory_order_relaxed); }

private:
    alignas(no_false_sharing) atomic<std::int64_t> value_{0};
};

}  // namespace handoff
