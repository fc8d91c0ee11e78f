// A mutex and a condition variable, as the textbook has it. The attempts are made under the mutex.
//
// Progress: notify_one takes the mutex, and is blocking.
#pragma once

#include <condition_variable>
#include <mutex>

#include "../wait.hpp"

namespace handoff {

class condition_variable_wait {
public:
    static constexpr wait_spec spec{
        .name = "condition_variable_wait",
        .cite = "std::condition_variable with std::mutex",
        .notify = progress::blocking,
        .meanwhile = waiting::sleeps,
    };

    template <class Attempt>
    void until(Attempt attempt) {
        std::unique_lock hold(mutex_);
        changed_.wait(hold, attempt);
    }
    void notify_one() {
        // Who has looked in vain has fallen asleep by the time at which the mutex is free. Notified after it
        // is given back, so that who wakes does not find it held.
        { const std::scoped_lock hold(mutex_); }
        changed_.notify_one();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
};

}  // namespace handoff
