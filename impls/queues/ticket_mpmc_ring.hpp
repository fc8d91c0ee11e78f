// A ticket ring with packed slots. One producer and one consumer moved about twice as many 8-byte items
// through them as through slots of a line each (2-core Xeon virtual machine, capacities 64 and 1024), since
// several slots cross in one line.
//
// Algorithm, progress, memory and linearization: see turn_ring.hpp.
#pragma once

#include <type_traits>

#include "../queue.hpp"
#include "../support/cache_line.hpp"
#include "turn_ring.hpp"

namespace handoff {

template <class T>
requires std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
    std::is_nothrow_destructible_v<T>
class ticket_mpmc_ring : public turn_ring<T, 1> {
public:
    using producer = direct_producer<ticket_mpmc_ring>;
    using consumer = direct_consumer<ticket_mpmc_ring>;

    static constexpr queue_spec spec{
        .name = "ticket_mpmc_ring",
        .cite = "ticket and turn, after folly::MPMCQueue and rigtorp/MPMCQueue",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::bounded,
        .push = progress::blocking,
        .pop = progress::blocking,
        .delivery = order::fifo,
        .failure = try_failure::in_flight,
    };

    using turn_ring<T, 1>::turn_ring;
};

// Three groups of members, none of which shares a line with another or with what follows the ring.
static_assert(sizeof(ticket_mpmc_ring<int>) == 3 * no_false_sharing);
static_assert(alignof(ticket_mpmc_ring<int>) == no_false_sharing);

}  // namespace handoff
