// Lamport's single-producer single-consumer ring: the baseline of the SPSC class.
//
// L. Lamport, "Specifying concurrent program modules", ACM TOPLAS 5(2), 1983: each end writes its own index
// and reads the other's on every operation.
// Deviations: acquire and release where Lamport assumed sequential consistency; 64-bit indices that count
// items and never wrap, so that full and empty differ without a spare slot; the number of slots is a power of
// two, so that an index becomes a slot by a mask, while exactly `capacity` of them are used; the indices lie
// on lines of their own, so that this ring differs from cached_spsc_ring in nothing but the cached index.
//
// Progress: wait-free, both operations.
//
// Memory: one allocation for the ring's life; nothing is reclaimed. No ABA: each index has one writer and
// only grows.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "../queue.hpp"
#include "../support/atomic.hpp"
#include "../support/cache_line.hpp"
#include "../support/first_index.hpp"
#include "../support/ring_storage.hpp"

namespace handoff {

template <class T>
class lamport_spsc_ring {
public:
    using value_type = T;
    using producer = direct_producer<lamport_spsc_ring>;
    using consumer = direct_consumer<lamport_spsc_ring>;

    static constexpr queue_spec spec{
        .name = "lamport_spsc_ring",
        .cite = "Lamport, ACM TOPLAS 5(2), 1983",
        .producers = cardinality::one,
        .consumers = cardinality::one,
        .bound = boundedness::bounded,
        .push = progress::wait_free,
        .pop = progress::wait_free,
        .delivery = order::fifo,
        .failure = try_failure::exact_per_end,
    };

    explicit lamport_spsc_ring(std::size_t capacity, first_index first = {})
        : capacity_(std::max<std::size_t>(capacity, 1)),
          mask_(power_of_two_slots(capacity_, 1) - 1),
          slots_(std::allocator<T>{}.allocate(mask_ + 1)),
          tail_(first.value),
          head_(first.value) {}
    lamport_spsc_ring(const lamport_spsc_ring&) = delete;
    lamport_spsc_ring& operator=(const lamport_spsc_ring&) = delete;

    ~lamport_spsc_ring() {
        // relaxed: no other thread is left.
        const std::uint64_t tail = tail_.load(memory_order_relaxed);
        // relaxed: no other thread is left.
        for (std::uint64_t i = head_.load(memory_order_relaxed); i != tail; ++i) {
            std::destroy_at(slots_ + (i & mask_));
        }
        std::allocator<T>{}.deallocate(slots_, mask_ + 1);
    }

    std::size_t capacity() const { return capacity_; }

    bool try_push(T&& value) {
        // relaxed: only the producer writes tail_.
        const std::uint64_t tail = tail_.load(memory_order_relaxed);
        // (1) acquire: pairs with (4); the consumer has left the slots before head_. LP(try_push, full).
        const std::uint64_t head = head_.load(memory_order_acquire);
        if (tail - head == capacity_) return false;
        std::construct_at(slots_ + (tail & mask_), std::move(value));
        // (2) release: pairs with (3); publishes the item. LP(try_push).
        tail_.store(tail + 1, memory_order_release);
        return true;
    }

    bool try_pop(T& value) {
        // relaxed: only the consumer writes head_.
        const std::uint64_t head = head_.load(memory_order_relaxed);
        // (3) acquire: pairs with (2); the items before tail_ are visible. LP(try_pop, empty).
        if (head == tail_.load(memory_order_acquire)) return false;
        T* const item = slots_ + (head & mask_);
        value = std::move(*item);
        std::destroy_at(item);
        // (4) release: pairs with (1); hands the slot back. LP(try_pop).
        head_.store(head + 1, memory_order_release);
        return true;
    }

private:
    // Written once; the alignment keeps them off the lines of what comes before the ring in memory.
    alignas(no_false_sharing) const std::uint64_t capacity_;
    const std::uint64_t mask_;
    T* const slots_;

    alignas(no_false_sharing) atomic<std::uint64_t> tail_;
    alignas(no_false_sharing) atomic<std::uint64_t> head_;
};

// Three groups of members, none of which shares a line with another or with what follows the ring.
static_assert(sizeof(lamport_spsc_ring<int>) == 3 * no_false_sharing);
static_assert(alignof(lamport_spsc_ring<int>) == no_false_sharing);

}  // namespace handoff
