// Ticket lock: takes threads in the order of their arrival.
//
// D. P. Reed and R. K. Kanodia, "Synchronization with eventcounts and sequencers", CACM 22(2), 1979, in the
// form of J. M. Mellor-Crummey and M. L. Scott, "Algorithms for scalable synchronization on shared-memory
// multiprocessors", ACM TOCS 9(1), 1991.
// Deviations: 64-bit tickets, which never wrap; waiters do not back off in proportion to their distance; a
// waiter that has spun for long yields its processor.
//
// The known weakness: the lock is handed to one particular thread. If that thread is preempted, all others
// wait although the lock is free (J. Ouyang and J. R. Lange, "Preemptable ticket spinlocks", VEE 2013).
// Yielding lets that thread run sooner when threads outnumber processors; it does not remove the problem.
//
// Progress: blocking; fair (first come, first served). unlock is wait-free.
#pragma once

#include <cstdint>

#include "../lock.hpp"
#include "../support/atomic.hpp"
#include "../support/spin_then_yield.hpp"

namespace handoff {

class ticket_lock {
public:
    using handle = direct_lock_handle<ticket_lock>;

    static constexpr lock_spec spec{
        .name = "ticket_lock",
        .cite = "Reed, Kanodia, CACM 22(2), 1979; Mellor-Crummey, Scott, TOCS 9(1), 1991",
        .unlock = progress::wait_free,
        .fair = fairness::fifo,
    };

    ticket_lock() = default;
    ticket_lock(const ticket_lock&) = delete;
    ticket_lock& operator=(const ticket_lock&) = delete;

    void lock() noexcept {
        // relaxed: draws a number and orders nothing; (1) takes the lock.
        const std::uint64_t ticket = next_.fetch_add(1, memory_order_relaxed);
        spin_then_yield wait;
        // (1) acquire: pairs with (3); everything written under the lock before is visible.
        while (serving_.load(memory_order_acquire) != ticket) wait.once();
    }

    bool try_lock() noexcept {
        // (2) acquire: pairs with (3); if the exchange below succeeds, no other thread drew this ticket in
        // between, so that it is still the one being served.
        std::uint64_t ticket = serving_.load(memory_order_acquire);
        // relaxed: draws a number and orders nothing; (2) has taken the lock.
        return next_.compare_exchange_strong(ticket, ticket + 1, memory_order_relaxed);
    }

    void unlock() noexcept {
        // relaxed: only the holder writes serving_.
        const std::uint64_t served = serving_.load(memory_order_relaxed);
        // (3) release: pairs with (1), (2); hands over everything written under the lock.
        serving_.store(served + 1, memory_order_release);
    }

private:
    // In one line on purpose: a free lock costs one line transfer.
    atomic<std::uint64_t> next_{0};
    atomic<std::uint64_t> serving_{0};
};

}  // namespace handoff
