// A ticket ring with two cache lines for each slot: threads at neighbouring slots never disturb each other,
// and who waits for a slot does not slow down who fills the next. The price is memory, 128 bytes a slot, and
// throughput where several items could cross in one line.
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
class ticket_padded_mpmc_ring : public turn_ring<T, no_false_sharing> {
public:
    using producer = direct_producer<ticket_padded_mpmc_ring>;
    using consumer = direct_consumer<ticket_padded_mpmc_ring>;

    static constexpr queue_spec spec{
        .name = "ticket_padded_mpmc_ring",
        .cite = "ticket and turn, after folly::MPMCQueue and rigtorp/MPMCQueue",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::bounded,
        .push = progress::blocking,
        .pop = progress::blocking,
        .delivery = order::fifo,
        .failure = try_failure::in_flight,
    };

    using turn_ring<T, no_false_sharing>::turn_ring;
};

// Three groups of members, none of which shares a line with another or with what follows the ring.
static_assert(sizeof(ticket_padded_mpmc_ring<int>) == 3 * no_false_sharing);
static_assert(alignof(ticket_padded_mpmc_ring<int>) == no_false_sharing);

}  // namespace handoff
