// Vyukov's ring with two cache lines for each slot: threads at neighbouring slots never disturb each other,
// and who waits for a slot does not slow down who fills the next. The price is memory, 128 bytes a slot, and
// throughput where several items could cross in one line.
//
// Algorithm, progress, memory and linearization: see vyukov_ring.hpp.
#pragma once

#include <type_traits>

#include "../queue.hpp"
#include "../support/cache_line.hpp"
#include "vyukov_ring.hpp"

namespace handoff {

template <class T>
requires std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
    std::is_nothrow_destructible_v<T>
class vyukov_padded_mpmc_ring : public vyukov_ring<T, no_false_sharing> {
public:
    using producer = direct_producer<vyukov_padded_mpmc_ring>;
    using consumer = direct_consumer<vyukov_padded_mpmc_ring>;

    static constexpr queue_spec spec{
        .name = "vyukov_padded_mpmc_ring",
        .cite = "Vyukov, Bounded MPMC queue, 1024cores.net",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::bounded,
        .push = progress::blocking,
        .pop = progress::blocking,
        .delivery = order::fifo,
        .failure = try_failure::in_flight,
    };

    using vyukov_ring<T, no_false_sharing>::vyukov_ring;
};

// Three groups of members, none of which shares a line with another or with what follows the ring.
static_assert(sizeof(vyukov_padded_mpmc_ring<int>) == 3 * no_false_sharing);
static_assert(alignof(vyukov_padded_mpmc_ring<int>) == no_false_sharing);

}  // namespace handoff
