// Polls for 128 pauses, then sleeps: see spin_then_park.hpp.
#pragma once

#include "spin_then_park.hpp"

namespace handoff {

// Of 10 to 140 cycles each, that is 0.5 to 6 us at 3 GHz: about what a sleep and a wake-up cost where a CPU
// is awake for them.
class short_spin_wait : public spin_then_park<128> {
public:
    static constexpr wait_spec spec{
        .name = "short_spin_wait",
        .cite = "Karlin, Li, Manasse, Owicki, SOSP 1991; 128 pauses",
        .notify = progress::wait_free,
        .meanwhile = waiting::polls_then_sleeps,
    };
};

}  // namespace handoff
