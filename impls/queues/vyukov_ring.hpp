// Vyukov's bounded multi-producer multi-consumer ring: each slot carries a sequence number that says whose
// turn it is, and an end claims its next slot by a compare-exchange on its index. The alignment of a slot is
// the only thing in which the rings over this one differ.
//
// D. Vyukov, "Bounded MPMC queue", 1024cores.net, about 2010.
// Deviations: 64-bit indices, which never wrap; items are constructed and destroyed in their slots.
// The number of slots is rounded up to a power of two and to at least 2, and capacity() says so: with one
// slot the number that means "filled in this lap" also means "free for the next", and a second push would
// overwrite the first.
//
// A thread that has claimed a slot must finish, or the slot is stuck for ever. So moving T must not throw,
// and a T whose move may throw is refused at compile time.
//
// Progress: blocking, both operations, although there is no lock: if a thread is stopped between its claim
// and its publication, the queue looks full or empty from that slot on until it runs again. Such a failure
// happens only while an operation of the other end is under way (try_failure::in_flight).
//
// Memory: one allocation for the ring's life; nothing is reclaimed. No ABA: indices and sequence numbers only
// grow.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include "../queue.hpp"
#include "../support/atomic.hpp"
#include "../support/cache_line.hpp"
#include "../support/first_index.hpp"
#include "../support/make_slots.hpp"
#include "../support/ring_storage.hpp"

namespace handoff {

// slot_alignment: 1 packs the slots; no_false_sharing gives each of them two lines.
template <class T, std::size_t slot_alignment>
requires std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
    std::is_nothrow_destructible_v<T>
class vyukov_ring {
public:
    using value_type = T;

    explicit vyukov_ring(std::size_t capacity, first_index first = {})
        : mask_(power_of_two_slots(capacity, 2) - 1),
          slots_(make_slots<slot>(mask_ + 1)),
          tail_(first.value),
          head_(first.value) {
        for (std::uint64_t i = first.value; i - first.value <= mask_; ++i) {
            // relaxed: whoever hands the ring to another thread publishes it.
            slots_[i & mask_].sequence.store(i, memory_order_relaxed);
        }
    }
    vyukov_ring(const vyukov_ring&) = delete;
    vyukov_ring& operator=(const vyukov_ring&) = delete;

    ~vyukov_ring() {
        // relaxed: no other thread is left, and every claim was finished.
        const std::uint64_t tail = tail_.load(memory_order_relaxed);
        // relaxed: no other thread is left.
        for (std::uint64_t i = head_.load(memory_order_relaxed); i != tail; ++i) {
            std::destroy_at(&slots_[i & mask_].value);
        }
    }

    std::size_t capacity() const { return mask_ + 1; }

    bool try_push(T&& value) noexcept {
        // relaxed: a guess, which (1) and the compare-exchange check.
        std::uint64_t tail = tail_.load(memory_order_relaxed);
        for (;;) {
            slot& s = slots_[tail & mask_];
            // (1) acquire: pairs with (4); the item of the previous lap has left the slot.
            const auto ahead = distance(s.sequence.load(memory_order_acquire), tail);
            if (ahead == 0) {
                // relaxed: only claims the slot; (2) publishes. LP(try_push).
                if (tail_.compare_exchange_weak(tail, tail + 1, memory_order_relaxed)) {
                    std::construct_at(&s.value, std::move(value));
                    // (2) release: pairs with (3); publishes the item.
                    s.sequence.store(tail + 1, memory_order_release);
                    return true;
                }
            } else if (ahead < 0) {
                return false;  // still holds, or is still giving up, the item of a lap ago
            } else {
                // relaxed: another guess; the first one was out of date.
                tail = tail_.load(memory_order_relaxed);
            }
        }
    }

    bool try_pop(T& value) noexcept {
        // relaxed: a guess, which (3) and the compare-exchange check.
        std::uint64_t head = head_.load(memory_order_relaxed);
        for (;;) {
            slot& s = slots_[head & mask_];
            // (3) acquire: pairs with (2); the item is visible.
            const auto ahead = distance(s.sequence.load(memory_order_acquire), head + 1);
            if (ahead == 0) {
                // relaxed: only claims the slot; (4) hands it back. LP(try_pop).
                if (head_.compare_exchange_weak(head, head + 1, memory_order_relaxed)) {
                    value = std::move(s.value);
                    std::destroy_at(&s.value);
                    // (4) release: pairs with (1); the slot is free for the next lap.
                    s.sequence.store(head + mask_ + 1, memory_order_release);
                    return true;
                }
            } else if (ahead < 0) {
                return false;  // not filled, or still being filled
            } else {
                // relaxed: another guess; the first one was out of date.
                head = head_.load(memory_order_relaxed);
            }
        }
    }

private:
    // Invariant: sequence == i: free for the push of index i; i + 1: holds the item of index i.
    struct alignas(std::max({slot_alignment, alignof(T), alignof(atomic<std::uint64_t>)})) slot {
        slot() {}
        ~slot() {}

        atomic<std::uint64_t> sequence;
        union {
            T value;
        };
    };

    // Signed, since a slot may be ahead of a stale index as well as behind it.
    static std::int64_t distance(std::uint64_t sequence, std::uint64_t index) {
        return static_cast<std::int64_t>(sequence - index);
    }

    // Written once; the alignment keeps them off the lines of what comes before the ring in memory.
    alignas(no_false_sharing) const std::uint64_t mask_;
    const std::unique_ptr<slot[]> slots_;

    alignas(no_false_sharing) atomic<std::uint64_t> tail_;
    alignas(no_false_sharing) atomic<std::uint64_t> head_;
};

}  // namespace handoff
