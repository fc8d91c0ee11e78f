// Adapter: atomic_queue::AtomicQueueB in its single-producer single-consumer form: each slot is one atomic
// T, and the value T{} (the library's NIL) marks an empty slot. So T{} can never be an item: pushing it
// would leave the consumer waiting for ever (max0x7ba/atomic_queue #23).
//
// Order: FIFO; with one thread at each end no claim can be overtaken.
// Progress: blocking. A push advances the counter first and stores the item afterwards; in between, a
// try_pop sees the ticket, claims it and waits for the item. A push waits for its slot in the same way.
// Failure: full and empty are judged by the two counters, which each end writes and reads relaxed: exact for
// each end by itself.
// Capacity: rounded up to a power of two and to at least the square of the slots in a cache line (8-byte T:
// 64).
// Memory: one array, allocated in the constructor. T is trivial, so nothing is left to destroy.
#pragma once

#include <atomic_queue/atomic_queue.h>

#include <concepts>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "../queue.hpp"
#include "../support/atomic.hpp"
#include "../support/first_index.hpp"

#if defined(__SANITIZE_THREAD__)
#define HANDOFF_TELL_THREAD_SANITIZER
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HANDOFF_TELL_THREAD_SANITIZER
#endif
#endif
#if defined(HANDOFF_TELL_THREAD_SANITIZER)
#include <sanitizer/tsan_interface.h>
#endif

namespace handoff {

namespace atomic_queue_detail {

template <auto>
struct constant;  // names a value as a template argument: asks whether T is a structural type

// Requires of T: it fits a lock-free atomic, can be compared, and T{} can be a template argument. Numbers
// are refused, because 0 is a number like any other; a class or a pointer is taken at its word that it
// never sends T{}.
template <class T>
concept slot_value =
    std::is_trivially_copyable_v<T> && std::equality_comparable<T> && !std::is_arithmetic_v<T> &&
    std::atomic<T>::is_always_lock_free && requires {
    typename constant<T{}>;
};

// The library reads the slot relaxed, so what a popped pointer or index refers to would be unordered; an
// acquire fence after the pop supplies the order, at no instruction on x86. ThreadSanitizer does not see
// fences and is told that the pops of a queue happen after its pushes, which is coarser than slot by slot.
#if defined(HANDOFF_TELL_THREAD_SANITIZER)
inline void before_push(void* queue) {
    __tsan_release(queue);
}
inline void after_pop(void* queue) {
    __tsan_acquire(queue);
}
#else
inline void before_push(void*) {}
inline void after_pop(void*) {
    // acquire: pairs with the release store of the slot in the library's do_push_atomic.
    atomic_thread_fence(memory_order_acquire);
}
#endif

}  // namespace atomic_queue_detail

template <atomic_queue_detail::slot_value T>
class atomic_queue_spsc {
public:
    using value_type = T;
    using producer = direct_producer<atomic_queue_spsc>;
    using consumer = direct_consumer<atomic_queue_spsc>;

    static constexpr queue_spec spec{
        .name = "atomic_queue_spsc",
        .cite = "atomic_queue::AtomicQueueB, SPSC",
        .producers = cardinality::one,
        .consumers = cardinality::one,
        .bound = boundedness::bounded,
        .push = progress::blocking,
        .pop = progress::blocking,
        .delivery = order::fifo,
        .failure = try_failure::exact_per_end,
    };

    explicit atomic_queue_spsc(std::size_t capacity, first_index first = {})
        : queue_(checked(capacity), first) {}

    std::size_t capacity() const { return queue_.capacity(); }

    bool try_push(const T& value) {
        atomic_queue_detail::before_push(this);
        return queue_.try_push(value);
    }
    bool try_pop(T& value) {
        if (!queue_.try_pop(value)) return false;
        atomic_queue_detail::after_pop(this);
        return true;
    }

    bool push(const T& value) {
        atomic_queue_detail::before_push(this);
        queue_.push(value);
        return true;
    }
    bool pop(T& value) {
        value = queue_.pop();
        atomic_queue_detail::after_pop(this);
        return true;
    }

private:
    // The library compares sizes as int, so that the greatest power of two it can hold is 2^30.
    static unsigned checked(std::size_t capacity) {
        constexpr std::size_t limit = std::size_t{1} << 30;
        if (capacity > limit)
            throw std::length_error("atomic_queue_spsc: capacity " + std::to_string(capacity) +
                                    " is too large; valid: 0 to " + std::to_string(limit));
        return static_cast<unsigned>(capacity);
    }

    static constexpr bool maximize_throughput =
        true;                                   // the library's default: pause while waiting for a slot
    static constexpr bool total_order = false;  // the library's default
    static constexpr bool spsc = true;
    using original =
        atomic_queue::AtomicQueueB<T, std::allocator<T>, T{}, maximize_throughput, total_order, spsc>;

    // The library's two counters have 32 bits, which are used up within minutes.
    struct counting_from : original {
        counting_from(unsigned capacity, first_index first) : original(capacity) {
            const auto ticket = static_cast<unsigned>(first.value);
            if (ticket == 0) return;
            this->head_.store(ticket);
            this->tail_.store(ticket);
        }
    };

    counting_from queue_;
};

}  // namespace handoff
