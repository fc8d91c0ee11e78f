// Ticket ring: an operation draws a ticket from its end's index; the ticket names a slot and the turn in
// which that slot is its own. Blocking operations draw by fetch_add and never retry; try_ operations draw by
// a compare-exchange, and only once the slot is ready. The alignment of a slot is the only thing in which the
// rings over this one differ.
//
// The idea of folly::MPMCQueue and rigtorp/MPMCQueue; the code is ours.
// Differences: the number of slots is a power of two, and the turn is the doubled ticket itself, so that
// neither division nor lap counter is needed. It also works with a single slot, unlike Vyukov's ring, because
// "holds ticket t" (2t + 1) is not the same as "free for ticket t + 1" (2t + 2). capacity() reports the
// rounded number. A try_ operation that loses the race for a ticket backs off for a moment.
//
// A bulk draws a run of tickets by one compare-exchange, once the slots of all of them are ready. They stay
// so until it has drawn: only the owner of a ticket changes a slot that is ready for it, and the ticket was
// not drawn by another, since the index has not moved, which only grows.
//
// A thread that has drawn a ticket must finish, or its slot is stuck for ever. So moving T must not throw,
// and a T whose move may throw is refused at compile time.
//
// Progress: blocking, all operations: who is stopped after drawing a ticket holds up the partner of that
// ticket and, one lap later, its successor; a try_ operation that meets the slot fails. Such a failure
// happens only while an operation of the other end is under way (try_failure::in_flight). The ring cannot be
// closed: a ticket that was drawn cannot be given back.
//
// Memory: one allocation for the ring's life; nothing is reclaimed. No ABA: tickets and turns only grow.
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
#include "../support/pause.hpp"
#include "../support/ring_storage.hpp"

namespace handoff {

// slot_alignment: 1 packs the slots; no_false_sharing gives each of them two lines.
template <class T, std::size_t slot_alignment>
requires std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
    std::is_nothrow_destructible_v<T>
class turn_ring {
public:
    using value_type = T;

    explicit turn_ring(std::size_t capacity, first_index first = {})
        : mask_(power_of_two_slots(capacity, 1) - 1),
          slots_(make_slots<slot>(mask_ + 1)),
          tail_(first.value),
          head_(first.value) {
        for (std::uint64_t ticket = first.value; ticket - first.value <= mask_; ++ticket) {
            // relaxed: whoever hands the ring to another thread publishes it.
            slot_of(ticket).turn.store(free_for(ticket), memory_order_relaxed);
        }
    }
    turn_ring(const turn_ring&) = delete;
    turn_ring& operator=(const turn_ring&) = delete;

    ~turn_ring() {
        // relaxed: no other thread is left, and every ticket drawn was used.
        const std::uint64_t tail = tail_.load(memory_order_relaxed);
        // relaxed: no other thread is left.
        for (std::uint64_t i = head_.load(memory_order_relaxed); i != tail; ++i) {
            std::destroy_at(&slot_of(i).value);
        }
    }

    std::size_t capacity() const { return mask_ + 1; }

    bool try_push(T&& value) noexcept {
        // relaxed: a guess, which (1) and the compare-exchange check.
        std::uint64_t ticket = tail_.load(memory_order_relaxed);
        for (lost_race backoff;;) {
            slot& s = slot_of(ticket);
            // (1) acquire: pairs with (6); the item of the previous lap has left the slot.
            if (s.turn.load(memory_order_acquire) == free_for(ticket)) {
                // relaxed: only draws the ticket; (5) publishes. LP(try_push).
                if (tail_.compare_exchange_weak(ticket, ticket + 1, memory_order_relaxed)) {
                    fill(s, ticket, value);
                    return true;
                }
                backoff();
            } else {
                const std::uint64_t guess = ticket;
                // relaxed: if the turn was ahead of this ticket, its owner moved tail_ before (5), so that
                // the ticket seen here is a later one. The same ticket: the slot still belongs to the lap
                // before.
                ticket = tail_.load(memory_order_relaxed);
                if (ticket == guess) return false;
            }
        }
    }

    bool try_pop(T& value) noexcept {
        // relaxed: a guess, which (2) and the compare-exchange check.
        std::uint64_t ticket = head_.load(memory_order_relaxed);
        for (lost_race backoff;;) {
            slot& s = slot_of(ticket);
            // (2) acquire: pairs with (5); the item is visible.
            if (s.turn.load(memory_order_acquire) == filled_for(ticket)) {
                // relaxed: only draws the ticket; (6) hands the slot back. LP(try_pop).
                if (head_.compare_exchange_weak(ticket, ticket + 1, memory_order_relaxed)) {
                    drain(s, ticket, value);
                    return true;
                }
                backoff();
            } else {
                const std::uint64_t guess = ticket;
                // relaxed: if the turn was ahead of this ticket, its owner moved head_ before (6), so that
                // the ticket seen here is a later one. The same ticket: the slot is not filled yet.
                ticket = head_.load(memory_order_relaxed);
                if (ticket == guess) return false;
            }
        }
    }

    std::size_t try_push_bulk(T* items, std::size_t count) noexcept {
        const auto is_free = [this](std::uint64_t ticket) {
            // (7) acquire: pairs with (6); the item of the previous lap has left the slot.
            return slot_of(ticket).turn.load(memory_order_acquire) == free_for(ticket);
        };
        const run drawn = draw(tail_, count, is_free);
        for (std::size_t i = 0; i < drawn.length; ++i) {
            fill(slot_of(drawn.first + i), drawn.first + i, items[i]);
        }
        return drawn.length;
    }

    std::size_t try_pop_bulk(T* items, std::size_t count) noexcept {
        const auto is_filled = [this](std::uint64_t ticket) {
            // (8) acquire: pairs with (5); the item is visible.
            return slot_of(ticket).turn.load(memory_order_acquire) == filled_for(ticket);
        };
        const run drawn = draw(head_, count, is_filled);
        for (std::size_t i = 0; i < drawn.length; ++i) {
            drain(slot_of(drawn.first + i), drawn.first + i, items[i]);
        }
        return drawn.length;
    }

    bool push(T&& value) noexcept {
        // relaxed: only draws the ticket; (5) publishes. LP(push).
        const std::uint64_t ticket = tail_.fetch_add(1, memory_order_relaxed);
        slot& s = slot_of(ticket);
        waiter wait;
        // (3) acquire: pairs with (6); the item of the previous lap has left the slot.
        while (s.turn.load(memory_order_acquire) != free_for(ticket)) wait();
        fill(s, ticket, value);
        return true;
    }

    bool pop(T& value) noexcept {
        // relaxed: only draws the ticket; (6) hands the slot back.
        const std::uint64_t ticket = head_.fetch_add(1, memory_order_relaxed);
        slot& s = slot_of(ticket);
        waiter wait;
        // (4) acquire: pairs with (5); the item is visible. LP(pop).
        while (s.turn.load(memory_order_acquire) != filled_for(ticket)) wait();
        drain(s, ticket, value);
        return true;
    }

private:
    // Invariant: turn ==
    // 2t: free for the push of ticket t; 2t + 1: holds the item of ticket t.
    struct alignas(std::max({slot_alignment, alignof(T), alignof(atomic<std::uint64_t>)})) slot {
        slot() {}
        ~slot() {}

        atomic<std::uint64_t> turn;
        union {
            T value;
        };
    };

    // After a lost race for a ticket: 1, 2, 4, up to 16 pauses, about the time of one to a few line
    // transfers, in which the winner completes its operation undisturbed.
    class lost_race {
    public:
        void operator()() noexcept {
            for (unsigned i = 0; i < pauses_; ++i) pause();
            pauses_ = std::min(2 * pauses_, most_pauses);
        }

    private:
        static constexpr unsigned most_pauses = 16;
        unsigned pauses_ = 1;
    };

    // Tickets that were drawn together.
    struct run {
        std::uint64_t first;
        std::size_t length;
    };

    // As many tickets in a row as have slots that are ready, but at most `most`.
    template <class Ready>
    static run draw(atomic<std::uint64_t>& index, std::size_t most, Ready is_ready) noexcept {
        // relaxed: a guess, which is_ready and the compare-exchange check.
        std::uint64_t first = index.load(memory_order_relaxed);
        for (lost_race backoff;;) {
            std::size_t length = 0;
            while (length < most && is_ready(first + length)) ++length;
            if (length > 0) {
                // relaxed: only draws the tickets; (5) publishes, or (6) hands back. LP of all items.
                if (index.compare_exchange_weak(first, first + length, memory_order_relaxed)) {
                    return {first, length};
                }
                backoff();
            } else {
                const std::uint64_t guess = first;
                // relaxed: as in try_push and try_pop, the same ticket means that its slot is not ready yet.
                first = index.load(memory_order_relaxed);
                if (first == guess) return {first, 0};
            }
        }
    }

    // Spins, then yields: with more threads than processors the partner of a ticket may be preempted, and
    // spinning on would keep it from running for a whole time slice (milliseconds). The limit is a count and
    // not a time, because a clock reading costs as much as several pauses: 256 pauses of 10 to 140 cycles are
    // about 1 to 12 us at 3 GHz, more than any line transfer and far less than a time slice.
    class waiter {
    public:
        void operator()() noexcept {
            if (spins_ < spins_before_yield) {
                ++spins_;
                pause();
            } else {
                yield();
            }
        }

    private:
        static constexpr unsigned spins_before_yield = 256;
        unsigned spins_ = 0;
    };

    static constexpr std::uint64_t free_for(std::uint64_t ticket) { return 2 * ticket; }
    static constexpr std::uint64_t filled_for(std::uint64_t ticket) { return 2 * ticket + 1; }

    slot& slot_of(std::uint64_t ticket) const { return slots_[ticket & mask_]; }

    void fill(slot& s, std::uint64_t ticket, T& value) noexcept {
        std::construct_at(&s.value, std::move(value));
        // (5) release: pairs with (2), (4), (8); publishes the item.
        s.turn.store(filled_for(ticket), memory_order_release);
    }

    void drain(slot& s, std::uint64_t ticket, T& value) noexcept {
        value = std::move(s.value);
        std::destroy_at(&s.value);
        // (6) release: pairs with (1), (3), (7); the slot is free for the next lap.
        s.turn.store(free_for(ticket + mask_ + 1), memory_order_release);
    }

    // Written once; the alignment keeps them off the lines of what comes before the ring in memory.
    alignas(no_false_sharing) const std::uint64_t mask_;
    const std::unique_ptr<slot[]> slots_;

    alignas(no_false_sharing) atomic<std::uint64_t> tail_;
    alignas(no_false_sharing) atomic<std::uint64_t> head_;
};

}  // namespace handoff
