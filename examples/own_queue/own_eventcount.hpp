// An eventcount of one's own: a mutex, a condition variable and a number of what has happened.
//
// Progress: notify_one takes a mutex, and is blocking.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "wait.hpp"

namespace handoff {

class own_eventcount {
public:
    static constexpr wait_spec spec{
        .name = "own_eventcount",
        .cite = "after Reed, Kanodia, CACM 22(2), 1979",
        .notify = progress::blocking,
        .meanwhile = waiting::sleeps,
    };

    template <class Attempt>
    void until(Attempt attempt) {
        for (;;) {
            const std::uint64_t seen = events();
            if (attempt()) return;
            std::unique_lock hold(mutex_);
            happened_.wait(hold, [&] { return events_ != seen; });
        }
    }
    void notify_one() {
        {
            const std::scoped_lock hold(mutex_);
            ++events_;
        }
        happened_.notify_all();
    }

private:
    std::uint64_t events() {
        const std::scoped_lock hold(mutex_);
        return events_;
    }

    std::mutex mutex_;
    std::condition_variable happened_;
    std::uint64_t events_ = 0;
};

}  // namespace handoff
