// What Anderson's array lock is made of: threads draw tickets, and each waits at a slot of its own, so that a
// release disturbs one waiter and no other.
//
// T. E. Anderson, "The performance of spin lock alternatives for shared-memory multiprocessors", IEEE TPDS
// 1(1), 1990.
// Deviations: a slot holds the ticket that may enter instead of a flag, as in D. Dice, "Brief announcement: a
// partitioned ticket lock", SPAA 2011, so that more threads than slots may wait: some then share a slot. A
// waiter that has spun for long yields its processor.
//
// Progress: blocking; fair (first come, first served). unlock is wait-free.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "../support/atomic.hpp"
#include "../support/cache_line.hpp"
#include "../support/spin_then_yield.hpp"

namespace handoff {

template <std::size_t slots>
class array_lock {
public:
    array_lock() = default;
    array_lock(const array_lock&) = delete;
    array_lock& operator=(const array_lock&) = delete;

    void lock() noexcept {
        // relaxed: draws a number and orders nothing; (1) takes the lock.
        const std::uint64_t ticket = next_.fetch_add(1, memory_order_relaxed);
        spin_then_yield wait;
        // (1) acquire: pairs with (3); everything written under the lock before is visible.
        while (slot_of(ticket).load(memory_order_acquire) != ticket) wait.once();
        holder_ = ticket;
    }

    bool try_lock() noexcept {
        // relaxed: a guess, which the exchange checks.
        std::uint64_t ticket = next_.load(memory_order_relaxed);
        // (2) acquire: pairs with (3); if the exchange below succeeds, no other thread drew this ticket.
        if (slot_of(ticket).load(memory_order_acquire) != ticket) return false;
        // relaxed: draws a number and orders nothing; (2) has taken the lock.
        if (!next_.compare_exchange_strong(ticket, ticket + 1, memory_order_relaxed)) return false;
        holder_ = ticket;
        return true;
    }

    void unlock() noexcept {
        const std::uint64_t next = holder_ + 1;
        // (3) release: pairs with (1), (2); hands over everything written under the lock.
        slot_of(next).store(next, memory_order_release);
    }

private:
    struct alignas(no_false_sharing) slot {
        atomic<std::uint64_t> enters{0};  // the ticket; 0 is that of the first slot alone
    };

    atomic<std::uint64_t>& slot_of(std::uint64_t ticket) { return slots_[ticket % slots].enters; }

    std::array<slot, slots> slots_{};
    alignas(no_false_sharing) atomic<std::uint64_t> next_{0};
    plain<std::uint64_t> holder_ = 0;  // the ticket of the thread that has the lock; guarded by it
};

}  // namespace handoff
