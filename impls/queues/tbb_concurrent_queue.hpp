// Adapter: tbb::concurrent_queue: a ticket from a shared counter, then one of eight linked lists of pages
// in turn.
//
// Order: linearizable FIFO. A push takes effect at its ticket, a pop when it claims one; both counters only
// grow, and ticket k is always popped with what ticket k pushed.
// Progress: blocking, whatever the library's own header calls it. A push waits until the ticket before it
// in the same list has been served (micro_queue::spin_wait_until_my_turn), and takes a spin lock to link a
// page; a pop that has claimed its ticket waits for the pop before it and for the push of its item.
// Memory: pages of 32 items of 8 bytes, one item from 129 bytes on, allocated and freed all the time.
// Faults up to 2021.8: orderings too weak for machines with weak memory; the fix (oneapi-src/oneTBB #782)
// came later. x86 is not affected.
#pragma once

#include <tbb/concurrent_queue.h>

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

#include "../queue.hpp"

namespace handoff {

// Requires of T: an item whose move assignment throws in a pop is destroyed by the library, hence lost.
template <class T>
requires std::move_constructible<T> && std::is_nothrow_move_assignable_v<T>
class tbb_concurrent_queue {
public:
    using value_type = T;
    using producer = direct_producer<tbb_concurrent_queue>;
    using consumer = direct_consumer<tbb_concurrent_queue>;

    static constexpr queue_spec spec{
        .name = "tbb_concurrent_queue",
        .cite = "tbb::concurrent_queue, oneTBB",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::unbounded,
        .push = progress::blocking,
        .pop = progress::blocking,
        .delivery = order::fifo,
    };

    // The library cannot reserve room: the hint has no effect.
    explicit tbb_concurrent_queue(std::size_t /*capacity*/) {}

    bool try_push(T&& value) {
        queue_.push(std::move(value));
        return true;
    }
    bool try_pop(T& value) { return queue_.try_pop(value); }

private:
    tbb::concurrent_queue<T> queue_;
};

}  // namespace handoff
