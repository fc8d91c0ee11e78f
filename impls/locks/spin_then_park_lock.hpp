// Spins for about as long as a sleep and a wake-up cost, then sleeps: at worst twice the cost of the better
// of the two.
//
// A. R. Karlin, K. Li, M. S. Manasse and S. Owicki, "Empirical studies of competitive spinning for a
// shared-memory multiprocessor", SOSP 1991. What sleeps is the mutex of futex_mutex.hpp.
//
// Progress: blocking; a waiting thread may sleep in the kernel. Not fair. unlock is wait-free, but for the
// system call that wakes.
#pragma once

#include "../lock.hpp"
#include "../support/pause.hpp"
#include "futex_mutex.hpp"

namespace handoff {

class spin_then_park_lock {
public:
    using handle = direct_lock_handle<spin_then_park_lock>;

    static constexpr lock_spec spec{
        .name = "spin_then_park_lock",
        .cite = "Karlin, Li, Manasse, Owicki, SOSP 1991",
        .unlock = progress::wait_free,
        .fair = fairness::none,
        .may_block = true,
    };

    void lock() noexcept {
        for (unsigned spins = 0; spins < spins_before_parking; ++spins) {
            if (mutex_.looks_free() && mutex_.try_lock()) return;
            pause();
        }
        mutex_.lock();
    }
    bool try_lock() noexcept { return mutex_.try_lock(); }
    void unlock() noexcept { mutex_.unlock(); }

private:
    // 128 pauses of 10 to 140 cycles are about 0.5 to 6 us at 3 GHz. A futex's sleep and wake take about 2 us
    // where a CPU is awake for them, and more where it is not.
    static constexpr unsigned spins_before_parking = 128;

    futex_mutex mutex_;
};

}  // namespace handoff
