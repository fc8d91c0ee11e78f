// A FastForward ring with two cache lines for each slot: the one spsc ring here for latency. Who waits for an
// item never slows down who writes the next one.
//
// The price is memory, 128 bytes a slot, and throughput, since no two items share a line.
// Algorithm, progress, memory and linearization: see fast_forward_ring.hpp.
#pragma once

#include "../queue.hpp"
#include "../support/cache_line.hpp"
#include "fast_forward_ring.hpp"

namespace handoff {

template <class T>
class fast_forward_padded_spsc_ring : public fast_forward_ring<T, no_false_sharing> {
public:
    using producer = direct_producer<fast_forward_padded_spsc_ring>;
    using consumer = direct_consumer<fast_forward_padded_spsc_ring>;

    static constexpr queue_spec spec{
        .name = "fast_forward_padded_spsc_ring",
        .cite = "FastForward: Giacomoni, Moseley, Vachharajani, PPoPP 2008",
        .producers = cardinality::one,
        .consumers = cardinality::one,
        .bound = boundedness::bounded,
        .push = progress::wait_free,
        .pop = progress::wait_free,
        .delivery = order::fifo,
        .failure = try_failure::exact_per_end,
    };

    using fast_forward_ring<T, no_false_sharing>::fast_forward_ring;
};

}  // namespace handoff
