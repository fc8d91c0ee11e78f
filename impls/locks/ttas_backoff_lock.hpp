// Test-and-test-and-set with exponential backoff: who was beaten to the lock stays away from it for a while,
// longer each time, so that a released lock is not rushed by all waiters at once.
//
// T. E. Anderson, "The performance of spin lock alternatives for shared-memory multiprocessors", IEEE TPDS
// 1(1), 1990.
// Deviations: the delays double without a random part; a waiter at the longest delay also yields its
// processor (ttas_lock.hpp says why).
//
// Progress: blocking, and not fair: who has waited longest looks least often. unlock is wait-free.
#pragma once

#include "../lock.hpp"
#include "../support/atomic.hpp"
#include "../support/pause.hpp"

namespace handoff {

class ttas_backoff_lock {
public:
    using handle = direct_lock_handle<ttas_backoff_lock>;

    static constexpr lock_spec spec{
        .name = "ttas_backoff_lock",
        .cite = "Anderson, IEEE TPDS 1(1), 1990",
        .unlock = progress::wait_free,
        .fair = fairness::none,
    };

    ttas_backoff_lock() = default;
    ttas_backoff_lock(const ttas_backoff_lock&) = delete;
    ttas_backoff_lock& operator=(const ttas_backoff_lock&) = delete;

    void lock() noexcept {
        for (unsigned delay = 1; !try_lock(); delay = longer(delay)) {
            for (unsigned i = 0; i < delay; ++i) pause();
            if (delay == longest_delay) yield();
        }
    }

    bool try_lock() noexcept {
        // relaxed: saves the exchange while another thread has the lock; the exchange decides.
        if (held_.load(memory_order_relaxed)) return false;
        // (1) acquire: pairs with (2); everything written under the lock before is visible.
        return !held_.exchange(true, memory_order_acquire);
    }

    void unlock() noexcept {
        // (2) release: pairs with (1); hands over everything written under the lock.
        held_.store(false, memory_order_release);
    }

private:
    // In pauses. With all shorter ones before it the sum is near the 256 of spin_then_yield.hpp.
    static constexpr unsigned longest_delay = 128;

    static constexpr unsigned longer(unsigned delay) { return delay < longest_delay ? 2 * delay : delay; }

    atomic<bool> held_{false};
};

}  // namespace handoff
