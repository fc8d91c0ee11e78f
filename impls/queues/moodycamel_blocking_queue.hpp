// Adapter: moodycamel::BlockingConcurrentQueue: the concurrent queue behind a semaphore that counts its
// items. The semaphore spins up to 10,000 rounds on an atomic, then sleeps on a POSIX semaphore.
//
// Order, and memory that runs out: as in moodycamel_concurrent_queue.hpp.
// Progress: a push is lock-free, allocation aside. A pop first takes a count from the semaphore, then
// searches until it has an item; as the search can miss an item while another pop corrects its over-claim,
// a thread stalled there makes it go round: blocking.
// Failure: a pop fails when the semaphore is at zero, which it still is between the two halves of a push.
// pop_for waits by CLOCK_REALTIME in microseconds: a step of the system clock moves the deadline
// (cameron314/concurrentqueue #173). The rounds of spinning come on top of the timeout.
#pragma once

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

#include "../queue.hpp"
#include "../support/checked_capacity.hpp"
#include "../support/moodycamel.hpp"

namespace handoff {

// Requires of T: an item whose move assignment throws in a pop is destroyed by the library, hence lost.
template <class T>
requires std::move_constructible<T> && std::is_nothrow_move_assignable_v<T>
class moodycamel_blocking_queue {
public:
    using value_type = T;
    using producer = direct_producer<moodycamel_blocking_queue>;
    using consumer = direct_consumer<moodycamel_blocking_queue>;

    static constexpr queue_spec spec{
        .name = "moodycamel_blocking_queue",
        .cite = "moodycamel::BlockingConcurrentQueue",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::unbounded,
        .push = progress::lock_free,
        .pop = progress::blocking,
        .delivery = order::per_producer_fifo,
        .failure = try_failure::spurious,
        .setup_survives_bad_alloc = false,
    };

    explicit moodycamel_blocking_queue(std::size_t capacity) : queue_(checked_capacity<T>(capacity)) {}

    bool try_push(T&& value) { return queue_.enqueue(std::move(value)); }
    bool try_pop(T& value) { return queue_.try_dequeue(value); }

    // All or none goes in; the library would lose what it had moved before a move that throws.
    std::size_t try_push_bulk(T* items, std::size_t count) requires std::is_nothrow_move_constructible_v<T> {
        return enqueue_all(queue_, items, count);
    }
    std::size_t try_pop_bulk(T* items, std::size_t count) requires std::is_nothrow_move_constructible_v<T> {
        return count > 0 ? queue_.try_dequeue_bulk(items, count) : 0;
    }

    // Never waits: the queue is unbounded. `false` would mean closed, which this queue cannot be.
    bool push(T&& value) {
        if (!queue_.enqueue(std::move(value))) throw std::bad_alloc{};
        return true;
    }
    bool pop(T& value) {
        queue_.wait_dequeue(value);
        return true;
    }
    // Rounded up, because the library would truncate; clamped, because it takes a negative timeout for
    // "forever".
    bool pop_for(T& value, std::chrono::nanoseconds timeout) {
        const auto whole = std::chrono::ceil<std::chrono::microseconds>(timeout);
        return queue_.wait_dequeue_timed(value, std::max(whole, std::chrono::microseconds{0}));
    }

private:
    moodycamel::BlockingConcurrentQueue<T> queue_;
};

}  // namespace handoff
