// How a thread spins for another one in a lock: pauses, and after many of them gives its processor away.
#pragma once

#include "pause.hpp"

namespace handoff {

class spin_then_yield {
public:
    // Between two looks.
    void once() noexcept {
        if (spins_ < spins_before_yield) {
            ++spins_;
            pause();
        } else {
            yield();
        }
    }

private:
    // A count and not a time, because a clock reading costs as much as several pauses. 256 pauses of 10 to
    // 140 cycles are about 1 to 12 us at 3 GHz: more than a few short critical sections and their line
    // transfers take, and far less than the time slice (milliseconds) that is lost if the awaited thread is
    // preempted.
    static constexpr unsigned spins_before_yield = 256;

    unsigned spins_ = 0;
};

}  // namespace handoff
