// A sharded counter whose cells lie side by side, eight to a cache line: threads that share no variable
// still write to the same line. Its distance from sharded_padded_counter is the cost of false sharing.
#pragma once

#include <cstdint>

#include "../counter.hpp"
#include "../support/atomic.hpp"
#include "sharded_counter.hpp"

namespace handoff {

class sharded_unpadded_counter : public sharded_counter<alignof(atomic<std::int64_t>)> {
public:
    static constexpr counter_spec spec{
        .name = "sharded_unpadded_counter",
        .cite = "striped counter without padding: shows false sharing",
        .add = progress::wait_free,
        .read = progress::wait_free,
        .value = read_guarantee::quiescent,
    };
};

}  // namespace handoff
