// Gives the CPU away between attempts. Where no other thread wants it, this is busy waiting with a system
// call.
//
// Progress: notify_one does nothing.
#pragma once

#include "../support/pause.hpp"
#include "../wait.hpp"

namespace handoff {

class yield_wait {
public:
    static constexpr wait_spec spec{
        .name = "yield_wait",
        .cite = "sched_yield(2)",
        .notify = progress::wait_free,
        .meanwhile = waiting::polls,
    };

    template <class Attempt>
    void until(Attempt attempt) {
        while (!attempt()) yield();
    }
    void notify_one() noexcept {}
};

}  // namespace handoff
