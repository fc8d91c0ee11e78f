// Adapter: boost::lockfree::queue. Michael and Scott's linked queue over a free list of nodes, used in its
// bounded form: the constructor fills the free list and bounded_push fails when that is empty, so that
// nothing is allocated while the queue is in use and "lock-free" holds without a word about malloc.
//
// Failure: a node is free only once its pop has returned it, and taken before its push has linked it. So a
// push may find no node while a pop is under way, or because pushes under way hold nodes that they have not
// yet linked: a producer that stalls there takes a place of the queue out of use.
// Memory: nodes are recycled, never freed before the destructor. Every pointer carries a 16-bit tag against
// ABA, which fails if a thread sleeps through exactly a multiple of 65,536 reuses of a node.
// A constructor that runs out of memory leaks the nodes that it has got by then (seen: tests/progress).
// Faults reported: a node's tag was lost when it was reused (boostorg/lockfree #59, Boost 1.71 to 1.73; the
// constructor in 1.74 carries it on); items popped twice when T is a pointer (#120, open).
// A pop reads the item before it owns it, and drops what it read if another thread won the node: a data
// race on T by the letter of the standard, reported by ThreadSanitizer (#78, open).
#pragma once

#include <boost/lockfree/queue.hpp>
#include <concepts>
#include <cstddef>
#include <type_traits>

#include "../queue.hpp"
#include "../support/checked_capacity.hpp"

namespace handoff {

// Requires of T: the library demands trivial assignment and destruction, and because of that early read
// only a trivially copyable T makes sense; its destructor default-constructs one.
template <class T>
requires std::is_trivially_copyable_v<T> && std::copyable<T> && std::default_initializable<T>
class boost_queue {
public:
    using value_type = T;
    using producer = direct_producer<boost_queue>;
    using consumer = direct_consumer<boost_queue>;

    static constexpr queue_spec spec{
        .name = "boost_queue",
        .cite = "boost::lockfree::queue",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::bounded,
        .push = progress::lock_free,
        .pop = progress::lock_free,
        .delivery = order::fifo,
        .failure = try_failure::in_flight,
        .setup_survives_bad_alloc = false,
    };

    explicit boost_queue(std::size_t capacity) : queue_(checked_capacity<T>(capacity)), capacity_(capacity) {}

    // The library allocates one node more, for the dummy at the head.
    std::size_t capacity() const { return capacity_; }

    bool try_push(const T& value) { return queue_.bounded_push(value); }

    // Through a copy of our own: a pop that loses its node to another thread and then finds the queue empty
    // has already written to its argument.
    bool try_pop(T& value) {
        T item;
        if (!queue_.pop(item)) return false;
        value = item;
        return true;
    }

private:
    boost::lockfree::queue<T> queue_;
    const std::size_t capacity_;
};

}  // namespace handoff
