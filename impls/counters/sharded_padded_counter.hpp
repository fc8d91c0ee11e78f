// A sharded counter whose cells lie on cache lines of their own.
#pragma once

#include "../counter.hpp"
#include "../support/cache_line.hpp"
#include "sharded_counter.hpp"

namespace handoff {

class sharded_padded_counter : public sharded_counter<no_false_sharing> {
public:
    static constexpr counter_spec spec{
        .name = "sharded_padded_counter",
        .cite = "striped counter, as java.util.concurrent LongAdder (Lea, JDK 8)",
        .add = progress::wait_free,
        .read = progress::wait_free,
        .value = read_guarantee::quiescent,
    };
};

}  // namespace handoff
