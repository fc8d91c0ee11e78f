// A FastForward ring whose slots lie side by side: several items cross in one line.
//
// For throughput at small capacities and for memory. Where each item is waited for, the padded one is faster.
// Algorithm, progress, memory and linearization: see fast_forward_ring.hpp.
#pragma once

#include "../queue.hpp"
#include "fast_forward_ring.hpp"

namespace handoff {

template <class T>
class fast_forward_spsc_ring : public fast_forward_ring<T, 1> {
public:
    using producer = direct_producer<fast_forward_spsc_ring>;
    using consumer = direct_consumer<fast_forward_spsc_ring>;

    static constexpr queue_spec spec{
        .name = "fast_forward_spsc_ring",
        .cite = "FastForward: Giacomoni, Moseley, Vachharajani, PPoPP 2008",
        .producers = cardinality::one,
        .consumers = cardinality::one,
        .bound = boundedness::bounded,
        .push = progress::wait_free,
        .pop = progress::wait_free,
        .delivery = order::fifo,
        .failure = try_failure::exact_per_end,
    };

    using fast_forward_ring<T, 1>::fast_forward_ring;
};

}  // namespace handoff
