// A permit for each notification: moodycamel's semaphore, which spins for a while and sleeps on a POSIX one.
//
// Progress: notify_one is wait-free, but for the system call that wakes.
#pragma once

#include "../support/moodycamel.hpp"
#include "../support/permit_wait.hpp"
#include "../wait.hpp"

namespace handoff {

class moodycamel_semaphore_wait {
public:
    static constexpr wait_spec spec{
        .name = "moodycamel_semaphore_wait",
        .cite = "moodycamel::LightweightSemaphore",
        .notify = progress::wait_free,
        .meanwhile = waiting::polls_then_sleeps,
    };

    template <class Attempt>
    void until(Attempt attempt) {
        const auto take_permit = [this] {
            while (!permits_.wait()) {
            }
        };
        until_permitted(take_permit, attempt);
    }
    void notify_one() { permits_.signal(); }

private:
    moodycamel::LightweightSemaphore permits_;
};

}  // namespace handoff
