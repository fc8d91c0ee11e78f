// What the FastForward rings share: each slot says itself whether it holds an item, so that the two ends have
// no index in common. An item crosses by the one line of its slot. The alignment of a slot is the only thing
// in which the rings differ.
//
// J. Giacomoni, T. Moseley and M. Vachharajani, "FastForward for efficient pipeline parallelism: a
// cache-optimized concurrent lock-free queue", PPoPP 2008.
// Deviations: a flag beside the item instead of a value of the item that means "empty", so that every type
// and every value may be sent; the temporal slip between the ends is left out, since it would hold items
// back. Where no two slots share a line, a push asks for the line of the next slot, to have it before it is
// needed.
//
// Progress: wait-free, both operations. Each end knows its own place in the ring, and needs no number of the
// lap: a slot that the producer comes to is empty again only because the consumer has passed it.
//
// Memory: one allocation for the ring's life; nothing is reclaimed. No ABA: nothing is compared but the flag,
// and the two ends change it in turns.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

#include "../queue.hpp"
#include "../support/atomic.hpp"
#include "../support/cache_line.hpp"
#include "../support/make_slots.hpp"

namespace handoff {

// An alignment of 1 packs the slots.
template <class T, std::size_t slot_alignment>
class fast_forward_ring {
public:
    using value_type = T;

    explicit fast_forward_ring(std::size_t capacity)
        : capacity_(std::max<std::size_t>(capacity, 1)),
          slots_(make_slots<slot>(capacity_)),
          producer_(slots_.get()),
          consumer_(slots_.get()) {}
    fast_forward_ring(const fast_forward_ring&) = delete;
    fast_forward_ring& operator=(const fast_forward_ring&) = delete;

    ~fast_forward_ring() {
        for (std::size_t i = 0; i < capacity_; ++i) {
            // relaxed: no other thread is left.
            if (slots_[i].is_full.load(memory_order_relaxed)) std::destroy_at(&slots_[i].value);
        }
    }

    std::size_t capacity() const { return capacity_; }

    bool try_push(T&& value) {
        slot& s = *producer_;
        // (1) acquire: pairs with (4); the item of the lap before has left the slot. LP(try_push, full).
        if (s.is_full.load(memory_order_acquire)) return false;
        std::construct_at(&s.value, std::move(value));
        // (2) release: pairs with (3); publishes the item. LP(try_push).
        s.is_full.store(true, memory_order_release);
        producer_ = after(&s);
        if constexpr (slot_alignment >= cache_line_size) __builtin_prefetch(producer_, for_write);
        return true;
    }

    bool try_pop(T& value) {
        slot& s = *consumer_;
        // (3) acquire: pairs with (2); the item is visible. LP(try_pop, empty).
        if (!s.is_full.load(memory_order_acquire)) return false;
        value = std::move(s.value);
        std::destroy_at(&s.value);
        // (4) release: pairs with (1); hands the slot back. LP(try_pop).
        s.is_full.store(false, memory_order_release);
        consumer_ = after(&s);
        return true;
    }

private:
    // Invariant: the value is alive while is_full says so, and for a moment before and after. The full slots
    // are those from the consumer's to the producer's, counted round the ring.
    struct alignas(std::max(slot_alignment, alignof(T))) slot {
        slot() {}
        ~slot() {}

        atomic<bool> is_full{false};
        union {
            T value;
        };
    };

    static constexpr int for_write = 1;

    slot* after(slot* s) const { return s + 1 == slots_.get() + capacity_ ? slots_.get() : s + 1; }

    // Written once; the alignment keeps them off the lines of what comes before the ring in memory.
    alignas(no_false_sharing) const std::size_t capacity_;
    const std::unique_ptr<slot[]> slots_;

    // Where each end goes on, on a line that the other end never touches.
    alignas(no_false_sharing) plain<slot*> producer_;
    alignas(no_false_sharing) plain<slot*> consumer_;
};

}  // namespace handoff
