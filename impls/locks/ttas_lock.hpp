// Test-and-test-and-set spin lock.
//
// L. Rudolph and Z. Segall, "Dynamic decentralized cache schemes for MIMD parallel processors", ISCA 1984:
// a waiter reads its own cached copy and tries to write only when it has seen the lock free.
// Deviation: a waiter that has spun for long yields its processor. With more threads than processors the
// holder may be preempted, and a waiter that spins on would keep it from running for a whole time slice.
//
// Progress: blocking, and not fair: a thread may be passed over any number of times.
#pragma once

#include "../support/atomic.hpp"
#include "../support/pause.hpp"

namespace handoff {

class ttas_lock {
public:
    ttas_lock() = default;
    ttas_lock(const ttas_lock&) = delete;
    ttas_lock& operator=(const ttas_lock&) = delete;

    void lock() noexcept {
        unsigned spins = 0;
        while (!try_lock()) {
            // relaxed: only waits for a good moment; the exchange at (1) takes the lock.
            while (held_.load(memory_order_relaxed)) {
                if (spins < spins_before_yield) {
                    ++spins;
                    pause();
                } else {
                    yield();
                }
            }
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
    // A count and not a time, because a clock reading costs as much as several pauses. 256 pauses of 10 to
    // 140 cycles are about 1 to 12 us at 3 GHz: more than a short critical section and its line transfers
    // take, and far less than the time slice (milliseconds) that is lost if the holder is preempted.
    static constexpr unsigned spins_before_yield = 256;

    atomic<bool> held_{false};
};

}  // namespace handoff
