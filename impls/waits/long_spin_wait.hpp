// Polls for 4096 pauses, then sleeps: see spin_then_park.hpp.
#pragma once

#include "spin_then_park.hpp"

namespace handoff {

// Of 10 to 140 cycles each, that is 14 to 190 us at 3 GHz: about what a wake-up costs where the CPU itself
// sleeps, as it may on a virtual machine.
class long_spin_wait : public spin_then_park<4096> {
public:
    static constexpr wait_spec spec{
        .name = "long_spin_wait",
        .cite = "Karlin, Li, Manasse, Owicki, SOSP 1991; 4096 pauses",
        .notify = progress::wait_free,
        .meanwhile = waiting::polls_then_sleeps,
    };
};

}  // namespace handoff
