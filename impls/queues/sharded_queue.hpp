// An unbounded queue of many producers and consumers in which each producer handle has a queue of its own:
// first in, first out for each producer, and nothing between two of them.
//
// Algorithm, progress, failure and memory: see shard_list.hpp.
#pragma once

#include <cstdint>

#include "../queue.hpp"
#include "chained_spsc_queue.hpp"
#include "shard_list.hpp"

namespace handoff {

// A few lines of items: what a consumer takes from a producer before it looks at the next one.
inline constexpr std::uint32_t sharded_queue_burst = 64;

template <class T>
class sharded_queue : public shard_list<T, items_of_a_page<T>, sharded_queue_burst> {
public:
    static constexpr queue_spec spec{
        .name = "sharded_queue",
        .cite = "a queue per producer, after moodycamel::ConcurrentQueue",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::unbounded,
        .push = progress::wait_free,
        .pop = progress::blocking,
        .delivery = order::per_producer_fifo,
        .failure = try_failure::spurious,
    };

    using shard_list<T, items_of_a_page<T>, sharded_queue_burst>::shard_list;
};

}  // namespace handoff
