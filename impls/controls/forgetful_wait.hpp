// Control: waits as pause_wait does, and once in a million times forgets that an attempt has succeeded, and
// tries again. What that attempt had taken is lost. Every verification must fail it.
#pragma once

#include "../support/pause.hpp"
#include "../wait.hpp"
#include "fault_schedule.hpp"

namespace handoff {

class forgetful_wait {
public:
    static constexpr wait_spec spec{
        .name = "forgetful_wait",
        .cite = "control: loses what an attempt has taken, once in 1,000,000 times",
        .notify = progress::wait_free,
        .meanwhile = waiting::polls,
        .waiters = cardinality::one,  // for the schedule's sake
    };

    template <class Attempt>
    void until(Attempt attempt) {
        while (!attempt() || faults_.next()) pause();
    }
    void notify_one() noexcept {}

private:
    fault_schedule faults_;  // of the one thread that waits
};

}  // namespace handoff
