// Pauses that double up to a bound: fewer looks at a line that another thread is about to write.
//
// T. E. Anderson, "The performance of spin lock alternatives for shared-memory multiprocessors", IEEE TPDS
// 1(1), 1990. Deviation: nothing is drawn at random, since what is waited for comes from one thread.
//
// Progress: notify_one does nothing.
#pragma once

#include "../support/pause.hpp"
#include "../wait.hpp"

namespace handoff {

class backoff_wait {
public:
    static constexpr wait_spec spec{
        .name = "backoff_wait",
        .cite = "Anderson, IEEE TPDS 1(1), 1990",
        .notify = progress::wait_free,
        .meanwhile = waiting::polls,
    };

    template <class Attempt>
    void until(Attempt attempt) {
        for (unsigned pauses = 1; !attempt(); pauses = pauses < most_pauses ? 2 * pauses : most_pauses)
            for (unsigned i = 0; i < pauses; ++i) pause();
    }
    void notify_one() noexcept {}

private:
    // At 40 ns each about 10 us, some transfers of a contended line.
    static constexpr unsigned most_pauses = 256;
};

}  // namespace handoff
