// Sleeps for a millisecond between attempts, as loops do whose author knows no way to be woken.
//
// Progress: notify_one does nothing.
#pragma once

#include <time.h>

#include "../wait.hpp"

namespace handoff {

class sleep_wait {
public:
    static constexpr wait_spec spec{
        .name = "sleep_wait",
        .cite = "nanosleep(2), 1 ms",
        .notify = progress::wait_free,
        .meanwhile = waiting::naps,
    };

    template <class Attempt>
    void until(Attempt attempt) {
        constexpr timespec length{0, 1'000'000};
        while (!attempt()) nanosleep(&length, nullptr);
    }
    void notify_one() noexcept {}
};

}  // namespace handoff
