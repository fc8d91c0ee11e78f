// Tries again at once.
//
// Progress: notify_one does nothing.
#pragma once

#include "../wait.hpp"

namespace handoff {

class spin_wait {
public:
    static constexpr wait_spec spec{
        .name = "spin_wait",
        .cite = "busy waiting, without a pause",
        .notify = progress::wait_free,
        .meanwhile = waiting::polls,
    };

    template <class Attempt>
    void until(Attempt attempt) {
        while (!attempt()) {
        }
    }
    void notify_one() noexcept {}
};

}  // namespace handoff
