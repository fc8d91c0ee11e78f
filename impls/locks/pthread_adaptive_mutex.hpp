// pthread_mutex_t of glibc's kind PTHREAD_MUTEX_ADAPTIVE_NP: spins for as long as it lately took, then
// sleeps.
//
// Progress: blocking; a waiting thread may sleep in the kernel. Not fair.
#pragma once

#include <pthread.h>

#include "../lock.hpp"

namespace handoff {

class pthread_adaptive_mutex {
public:
    using handle = direct_lock_handle<pthread_adaptive_mutex>;

    static constexpr lock_spec spec{
        .name = "pthread_adaptive_mutex",
        .cite = "pthread_mutex_t, PTHREAD_MUTEX_ADAPTIVE_NP",
        .unlock = progress::wait_free,
        .fair = fairness::none,
        .may_block = true,
    };

    pthread_adaptive_mutex() {
        pthread_mutexattr_t kind;
        pthread_mutexattr_init(&kind);
        pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ADAPTIVE_NP);
        pthread_mutex_init(&mutex_, &kind);
        pthread_mutexattr_destroy(&kind);
    }
    pthread_adaptive_mutex(const pthread_adaptive_mutex&) = delete;
    pthread_adaptive_mutex& operator=(const pthread_adaptive_mutex&) = delete;
    ~pthread_adaptive_mutex() { pthread_mutex_destroy(&mutex_); }

    void lock() { pthread_mutex_lock(&mutex_); }
    bool try_lock() { return pthread_mutex_trylock(&mutex_) == 0; }
    void unlock() { pthread_mutex_unlock(&mutex_); }

private:
    pthread_mutex_t mutex_;
};

}  // namespace handoff
