// One pause instruction between attempts.
//
// Progress: notify_one does nothing.
#pragma once

#include "../support/pause.hpp"
#include "../wait.hpp"

namespace handoff {

class pause_wait {
public:
    static constexpr wait_spec spec{
        .name = "pause_wait",
        .cite = "busy waiting, with the CPU's pause instruction",
        .notify = progress::wait_free,
        .meanwhile = waiting::polls,
    };

    template <class Attempt>
    void until(Attempt attempt) {
        while (!attempt()) pause();
    }
    void notify_one() noexcept {}
};

}  // namespace handoff
