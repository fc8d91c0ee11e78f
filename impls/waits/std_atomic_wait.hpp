// std::atomic's own wait: sleeps until a number is no longer the one that was seen before the attempt.
// libstdc++ tries a few times, yields a few times, and sleeps on a futex.
//
// Progress: notify_one is wait-free, but for the system call that wakes.
#pragma once

#include <atomic>

#include "../wait.hpp"

namespace handoff {

class std_atomic_wait {
public:
    static constexpr wait_spec spec{
        .name = "std_atomic_wait",
        .cite = "std::atomic::wait",
        .notify = progress::wait_free,
        .meanwhile = waiting::polls_then_sleeps,
    };

    template <class Attempt>
    void until(Attempt attempt) {
        for (;;) {
            // An attempt that fails did not see the change that a later number stands for.
            const int seen = changes_.load();
            if (attempt()) return;
            changes_.wait(seen);
        }
    }
    void notify_one() noexcept {
        // Equality is all that is asked of it: it may wrap, as atomics do.
        changes_.fetch_add(1);
        changes_.notify_one();
    }

private:
    std::atomic<int> changes_{0};  // int: what libstdc++ sleeps on without a proxy
};

}  // namespace handoff
