// pthread_spin_lock: in glibc a test-and-test-and-set lock that never yields.
//
// Progress: blocking, and not fair. A waiting thread spins for ever: where threads share a CPU, for whole
// time slices.
#pragma once

#include <pthread.h>

#include "../lock.hpp"

namespace handoff {

class pthread_spinlock {
public:
    using handle = direct_lock_handle<pthread_spinlock>;

    static constexpr lock_spec spec{
        .name = "pthread_spinlock",
        .cite = "pthread_spin_lock",
        .unlock = progress::wait_free,
        .fair = fairness::none,
    };

    pthread_spinlock() { pthread_spin_init(&lock_, PTHREAD_PROCESS_PRIVATE); }
    pthread_spinlock(const pthread_spinlock&) = delete;
    pthread_spinlock& operator=(const pthread_spinlock&) = delete;
    ~pthread_spinlock() { pthread_spin_destroy(&lock_); }

    void lock() { pthread_spin_lock(&lock_); }
    bool try_lock() { return pthread_spin_trylock(&lock_) == 0; }
    void unlock() { pthread_spin_unlock(&lock_); }

private:
    pthread_spinlock_t lock_;
};

}  // namespace handoff
