// std::mutex and std::condition_variable as the explorer sees them. Modelled are: exclusion, what an unlock
// hands to the next lock, waits that end for no reason and waits that time out at any time. Reported are: a
// second lock by the owner, an unlock by another, the destruction of a mutex that is held or of a condition
// variable that is waited for. Not modelled: try_lock's right to fail for no reason.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "execution.hpp"

namespace handoff::exploration {

class mutex {
public:
    mutex() = default;
    mutex(const mutex&) = delete;
    mutex& operator=(const mutex&) = delete;
    ~mutex();

    void lock();
    bool try_lock();
    void unlock();

private:
    friend class condition_variable;
    static constexpr unsigned nobody = ~0u;

    void take();
    void leave();

    unsigned owner_ = nobody;
    knowledge handed_over_;
};

class condition_variable {
public:
    condition_variable() = default;
    condition_variable(const condition_variable&) = delete;
    condition_variable& operator=(const condition_variable&) = delete;
    ~condition_variable();

    void notify_one();
    void notify_all();

    template <class Predicate>
    void wait(std::unique_lock<mutex>& lock, Predicate predicate) {
        while (!predicate()) sleep(*lock.mutex(), false);
    }
    // Time passes as it likes: the wait may time out as soon as it has begun.
    template <class Rep, class Period, class Predicate>
    bool wait_for(std::unique_lock<mutex>& lock, const std::chrono::duration<Rep, Period>&,
                  Predicate predicate) {
        while (!predicate()) {
            if (!sleep(*lock.mutex(), true)) return predicate();
        }
        return true;
    }

private:
    // False: timed out.
    bool sleep(mutex& held, bool may_time_out);

    struct sleeper {
        bool is_waiting = false;
        bool is_notified = false;
    };
    std::array<sleeper, max_threads> sleepers_{};
};

}  // namespace handoff::exploration
