// Lamport's ring with a cached copy of the other end's index: an end reads the other's line only when its
// copy says full or empty, so that while the ring is neither, the index lines stay where they are.
//
// P. P. C. Lee, T. Bu and G. Chandranmenon, "A lock-free, cache-efficient multi-core synchronization
// mechanism for line-rate network traffic monitoring" (MCRingBuffer), IPDPS 2010; also rigtorp/SPSCQueue.
// Deviations: MCRingBuffer's batched publication is left out: an index that lags would make the ring look
// full or empty when it is not. 64-bit indices that count items and never wrap; the number of slots is a
// power of two, so that an index becomes a slot by a mask, while exactly `capacity` of them are used.
//
// A bulk looks at the other end at most once and publishes all its items by one store.
//
// Progress: wait-free, all operations.
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
class cached_spsc_ring {
public:
    using value_type = T;
    using producer = direct_producer<cached_spsc_ring>;
    using consumer = direct_consumer<cached_spsc_ring>;

    static constexpr queue_spec spec{
        .name = "cached_spsc_ring",
        .cite = "MCRingBuffer: Lee, Bu, Chandranmenon, IPDPS 2010; rigtorp/SPSCQueue",
        .producers = cardinality::one,
        .consumers = cardinality::one,
        .bound = boundedness::bounded,
        .push = progress::wait_free,
        .pop = progress::wait_free,
        .delivery = order::fifo,
        .failure = try_failure::exact_per_end,
    };

    explicit cached_spsc_ring(std::size_t capacity, first_index first = {})
        : capacity_(std::max<std::size_t>(capacity, 1)),
          mask_(power_of_two_slots(capacity_, 1) - 1),
          slots_(std::allocator<T>{}.allocate(mask_ + 1)),
          tail_(first.value),
          head_seen_(first.value),
          head_(first.value),
          tail_seen_(first.value) {}
    cached_spsc_ring(const cached_spsc_ring&) = delete;
    cached_spsc_ring& operator=(const cached_spsc_ring&) = delete;

    ~cached_spsc_ring() {
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
        if (tail - head_seen_ == capacity_) {
            // (1) acquire: pairs with (4), (7); the consumer has left the slots before head_.
            // LP(try_push, full).
            head_seen_ = head_.load(memory_order_acquire);
            if (tail - head_seen_ == capacity_) return false;
        }
        std::construct_at(slots_ + (tail & mask_), std::move(value));
        // (2) release: pairs with (3), (6); publishes the item. LP(try_push).
        tail_.store(tail + 1, memory_order_release);
        return true;
    }

    bool try_pop(T& value) {
        // relaxed: only the consumer writes head_.
        const std::uint64_t head = head_.load(memory_order_relaxed);
        if (head == tail_seen_) {
            // (3) acquire: pairs with (2), (7); the items before tail_ are visible. LP(try_pop, empty).
            tail_seen_ = tail_.load(memory_order_acquire);
            if (head == tail_seen_) return false;
        }
        T* const item = slots_ + (head & mask_);
        value = std::move(*item);
        std::destroy_at(item);
        // (4) release: pairs with (1), (5); hands the slot back. LP(try_pop).
        head_.store(head + 1, memory_order_release);
        return true;
    }

    std::size_t try_push_bulk(T* items, std::size_t count) {
        // relaxed: only the producer writes tail_.
        const std::uint64_t tail = tail_.load(memory_order_relaxed);
        if (capacity_ - (tail - head_seen_) < count) {
            // (5) acquire: pairs with (4), (7); the consumer has left the slots before head_.
            head_seen_ = head_.load(memory_order_acquire);
        }
        const std::uint64_t fitting = std::min<std::uint64_t>(capacity_ - (tail - head_seen_), count);
        if (fitting == 0) return 0;
        for (advance to(tail_, tail); to.index - tail < fitting; ++to.index, ++items) {
            std::construct_at(slots_ + (to.index & mask_), std::move(*items));
        }
        return fitting;
    }

    std::size_t try_pop_bulk(T* items, std::size_t count) {
        // relaxed: only the consumer writes head_.
        const std::uint64_t head = head_.load(memory_order_relaxed);
        if (tail_seen_ - head < count) {
            // (6) acquire: pairs with (2), (7); the items before tail_ are visible.
            tail_seen_ = tail_.load(memory_order_acquire);
        }
        const std::uint64_t there = std::min<std::uint64_t>(tail_seen_ - head, count);
        if (there == 0) return 0;
        for (advance to(head_, head); to.index - head < there; ++to.index, ++items) {
            T* const item = slots_ + (to.index & mask_);
            *items = std::move(*item);
            std::destroy_at(item);
        }
        return there;
    }

private:
    // An index on its way through a bulk. It is stored at the end, which a move that throws may bring about.
    struct advance {
        advance(atomic<std::uint64_t>& stored_in, std::uint64_t from) : index(from), stored(stored_in) {}
        advance(const advance&) = delete;
        advance& operator=(const advance&) = delete;
        ~advance() {
            // (7) release: pairs with (1), (3), (5), (6); publishes the items, or hands the slots back.
            // LP(try_push_bulk), LP(try_pop_bulk), of all items.
            stored.store(index, memory_order_release);
        }

        std::uint64_t index;
        atomic<std::uint64_t>& stored;
    };

    // Written once; the alignment keeps them off the lines of what comes before the ring in memory.
    alignas(no_false_sharing) const std::uint64_t capacity_;
    const std::uint64_t mask_;
    T* const slots_;

    // The producer's line. The consumer looks at it only when it has used up what it saw before.
    alignas(no_false_sharing) atomic<std::uint64_t> tail_;
    plain<std::uint64_t> head_seen_;  // invariant: head_seen_ <= head_

    // The consumer's line, likewise.
    alignas(no_false_sharing) atomic<std::uint64_t> head_;
    plain<std::uint64_t> tail_seen_;  // invariant: tail_seen_ <= tail_
};

// Three groups of members, none of which shares a line with another or with what follows the ring.
static_assert(sizeof(cached_spsc_ring<int>) == 3 * no_false_sharing);
static_assert(alignof(cached_spsc_ring<int>) == no_false_sharing);

}  // namespace handoff
