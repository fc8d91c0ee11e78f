// Adapter: moodycamel::BlockingReaderWriterQueue: the unbounded queue of moodycamel_spsc_queue.hpp behind
// a semaphore that counts its items. The semaphore spins 1,024 rounds, then sleeps on a POSIX semaphore.
// For: one producer that must never wait, and one consumer that sleeps when there is nothing to do.
//
// Order and memory: as in moodycamel_spsc_queue.hpp.
// Failure: the consumer judges by the semaphore alone: exact for each end by itself.
// Progress: wait-free, allocation and the system call that wakes a sleeper set aside.
// Waiting: pop_for waits by CLOCK_REALTIME in microseconds: a step of the system clock moves the
// deadline.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

#include "../queue.hpp"
#include "../support/checked_capacity.hpp"
#include "../support/readerwriterqueue.hpp"

namespace handoff {

// Requires of T: a constructor that throws after a ring was allocated leaks that ring; an item whose
// assignment throws stays in the queue, and the semaphore does not count it any more.
template <class T>
requires std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T>
class moodycamel_blocking_spsc_queue {
public:
    using value_type = T;
    using producer = direct_producer<moodycamel_blocking_spsc_queue>;
    using consumer = direct_consumer<moodycamel_blocking_spsc_queue>;

    static constexpr queue_spec spec{
        .name = "moodycamel_blocking_spsc_queue",
        .cite = "moodycamel::BlockingReaderWriterQueue",
        .producers = cardinality::one,
        .consumers = cardinality::one,
        .bound = boundedness::unbounded,
        .push = progress::wait_free,
        .pop = progress::wait_free,
        .delivery = order::fifo,
        .failure = try_failure::exact_per_end,
    };

    explicit moodycamel_blocking_spsc_queue(std::size_t capacity) : queue_(checked_capacity<T>(capacity)) {}

    bool try_push(T&& value) { return queue_.enqueue(std::move(value)); }
    bool try_pop(T& value) { return queue_.try_dequeue(value); }

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
        return queue_.wait_dequeue_timed(value, std::max(whole, std::chrono::microseconds{0}).count());
    }

private:
    moodycamel::BlockingReaderWriterQueue<T> queue_;
};

}  // namespace handoff
