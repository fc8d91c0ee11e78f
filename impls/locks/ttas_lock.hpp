// Test-and-test-and-set spin lock.
//
// L. Rudolph and Z. Segall, "Dynamic decentralized cache schemes for MIMD parallel processors", ISCA 1984:
// a waiter reads its own cached copy and tries to write only when it has seen the lock free.
// Deviation: a waiter that has spun for long yields its processor. With more threads than processors the
// holder may be preempted, and a waiter that spins on would keep it from running for a whole time slice.
//
// Progress: blocking, and not fair: a thread may be passed over any number of times. unlock is wait-free.
#pragma once

#include "../lock.hpp"
#include "../support/atomic.hpp"
#include "../support/spin_then_yield.hpp"

namespace handoff {

class ttas_lock {
public:
    using handle = direct_lock_handle<ttas_lock>;

    static constexpr lock_spec spec{
        .name = "ttas_lock",
        .cite = "Rudolph, Segall, ISCA 1984",
        .unlock = progress::wait_free,
        .fair = fairness::none,
    };

    ttas_lock() = default;
    ttas_lock(const ttas_lock&) = delete;
    ttas_lock& operator=(const ttas_lock&) = delete;

    void lock() noexcept {
        spin_then_yield wait;
        while (!try_lock()) {
            // relaxed: only waits for a good moment; the exchange at (1) takes the lock.
            while (held_.load(memory_order_relaxed)) wait.once();
        }
    }

    bool try_lock() noexcept {
        // (1) acquire: pairs with (2); everything written under the lock before is visible.
        return !held_.exchange(true, memory_order_acquire);
    }

    void unlock() noexcept {
        // (2) release: pairs with (1); hands over everything written under the lock.
        held_.store(false, memory_order_release);
    }

private:
    atomic<bool> held_{false};
};

}  // namespace handoff
