// Adapter: moodycamel::BlockingReaderWriterCircularBuffer: a ring between two semaphores, one that counts
// the free slots and one that counts the items. A semaphore is a counter that spins 1,024 rounds, then
// sleeps on a POSIX semaphore.
// For: one producer and one consumer that sleep when there is nothing to do, with a fixed room between
// them.
//
// Order: FIFO. Progress: wait-free, the system call that wakes a sleeper set aside.
// Failure: each end judges by the semaphore that the other one signals: exact for each end by itself.
// Capacity: as asked for; the array is rounded up to a power of two.
// Memory: one array, allocated in the constructor by malloc, whose answer the library does not look at:
// the adapter asks first.
// Waiting: pop_for waits by CLOCK_REALTIME in microseconds: a step of the system clock moves the
// deadline.
#pragma once

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <type_traits>
#include <utility>

#include "../queue.hpp"
#include "../support/checked_capacity.hpp"
#include "../support/readerwriterqueue.hpp"

namespace handoff {

// Requires of T: the library has moved its index on when it constructs, or assigns, an item; if that threw,
// its state would be corrupted.
template <class T>
requires std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T>
class moodycamel_circular_buffer {
public:
    using value_type = T;
    using producer = direct_producer<moodycamel_circular_buffer>;
    using consumer = direct_consumer<moodycamel_circular_buffer>;

    static constexpr queue_spec spec{
        .name = "moodycamel_circular_buffer",
        .cite = "moodycamel::BlockingReaderWriterCircularBuffer",
        .producers = cardinality::one,
        .consumers = cardinality::one,
        .bound = boundedness::bounded,
        .push = progress::wait_free,
        .pop = progress::wait_free,
        .delivery = order::fifo,
        .failure = try_failure::exact_per_end,
        .setup_survives_bad_alloc = false,
    };

    explicit moodycamel_circular_buffer(std::size_t capacity)
        : buffer_(obtainable(std::max<std::size_t>(capacity, 1))) {}

    std::size_t capacity() const { return buffer_.max_capacity(); }

    bool try_push(T&& value) { return buffer_.try_enqueue(std::move(value)); }
    bool try_pop(T& value) { return buffer_.try_dequeue(value); }

    bool push(T&& value) {
        buffer_.wait_enqueue(std::move(value));
        return true;
    }
    bool pop(T& value) {
        buffer_.wait_dequeue(value);
        return true;
    }
    // Rounded up, because the library would truncate; clamped, because it takes a negative timeout for
    // "forever".
    bool pop_for(T& value, std::chrono::nanoseconds timeout) {
        const auto whole = std::chrono::ceil<std::chrono::microseconds>(timeout);
        return buffer_.wait_dequeue_timed(value, std::max(whole, std::chrono::microseconds{0}));
    }

private:
    static std::size_t obtainable(std::size_t capacity) {
        void* const tried =
            std::malloc(std::bit_ceil(checked_capacity<T>(capacity)) * sizeof(T) + alignof(T) - 1);
        if (tried == nullptr) throw std::bad_alloc{};
        std::free(tried);
        return capacity;
    }

    moodycamel::BlockingReaderWriterCircularBuffer<T> buffer_;
};

}  // namespace handoff
