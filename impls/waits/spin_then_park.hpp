// Polls for a while, then sleeps: if it polls for as long as a sleep and a wake-up cost, it costs at worst
// twice as much as the better of the two.
//
// A. R. Karlin, K. Li, M. S. Manasse and S. Owicki, "Empirical studies of competitive spinning for a
// shared-memory multiprocessor", SOSP 1991. It sleeps as eventcount_wait does.
//
// Progress: notify_one is wait-free, but for the system call that wakes.
#pragma once

#include "../support/pause.hpp"
#include "../wait.hpp"
#include "eventcount_wait.hpp"

namespace handoff {

// A number of pauses and not a time, because a look at the clock costs as much as several pauses.
template <unsigned Pauses>
class spin_then_park {
public:
    template <class Attempt>
    void until(Attempt attempt) {
        for (unsigned i = 0; i < Pauses; ++i) {
            if (attempt()) return;
            pause();
        }
        parked_.until(attempt);
    }
    void notify_one() { parked_.notify_one(); }

private:
    eventcount_wait parked_;
};

}  // namespace handoff
