// Adapter: moodycamel::ConcurrentQueue without tokens: each pushing thread finds its own sub-queue through
// a hash table keyed by thread id, and each pop looks for the fullest of the first sub-queues that hold
// anything.
//
// Order: every sub-queue is FIFO; nothing holds between two of them, so the whole is not linearizable.
// Progress: lock-free, allocation set aside. Growing the thread table (from 16 pushing threads on) counts
// as allocation: a thread that is new while another one grows the table may have to wait for it.
// Failure: a pop may miss an item while other pops are correcting their over-claim, or because the
// sub-queue that received it was looked at before. A push fails only if memory runs out.
// Memory: blocks of 32 items from a pool of the promised size, then from malloc; freed in the destructor.
// A thread whose first push found memory for its sub-queue but none for the index of that can never push
// again (seen: tests/progress; the library's source knows of it). Faults up to 1.0.4: block reuse lacks an
// ordering (cameron314/concurrentqueue #404).
#pragma once

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

#include "../queue.hpp"
#include "../support/checked_capacity.hpp"
#include "../support/moodycamel.hpp"

namespace handoff {

// Requires of T: an item whose move assignment throws in a pop is destroyed by the library, hence lost.
template <class T>
requires std::move_constructible<T> && std::is_nothrow_move_assignable_v<T>
class moodycamel_concurrent_queue {
public:
    using value_type = T;
    using producer = direct_producer<moodycamel_concurrent_queue>;
    using consumer = direct_consumer<moodycamel_concurrent_queue>;

    static constexpr queue_spec spec{
        .name = "moodycamel_concurrent_queue",
        .cite = "moodycamel::ConcurrentQueue",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::unbounded,
        .push = progress::lock_free,
        .pop = progress::lock_free,
        .delivery = order::per_producer_fifo,
        .failure = try_failure::spurious,
        .setup_survives_bad_alloc = false,
    };

    explicit moodycamel_concurrent_queue(std::size_t capacity) : queue_(checked_capacity<T>(capacity)) {}

    bool try_push(T&& value) { return queue_.enqueue(std::move(value)); }
    bool try_pop(T& value) { return queue_.try_dequeue(value); }

    // All or none goes in; the library would lose what it had moved before a move that throws.
    std::size_t try_push_bulk(T* items, std::size_t count) requires std::is_nothrow_move_constructible_v<T> {
        return enqueue_all(queue_, items, count);
    }
    std::size_t try_pop_bulk(T* items, std::size_t count) requires std::is_nothrow_move_constructible_v<T> {
        return count > 0 ? queue_.try_dequeue_bulk(items, count) : 0;
    }

private:
    moodycamel::ConcurrentQueue<T> queue_;
};

}  // namespace handoff
