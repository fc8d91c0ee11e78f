// Sleeps on a futex: the eventcount by which the harness's own `block` sleeps (support/eventcount.hpp).
//
// Progress: notify_one is wait-free, but for the system call that wakes; where no thread sleeps it makes
// none.
#pragma once

#include <cstdint>

#include "../support/eventcount.hpp"
#include "../wait.hpp"

namespace handoff {

class eventcount_wait {
public:
    static constexpr wait_spec spec{
        .name = "eventcount_wait",
        .cite = "Vyukov's and folly's eventcount, on futex(2)",
        .notify = progress::wait_free,
        .meanwhile = waiting::sleeps,
    };

    template <class Attempt>
    void until(Attempt attempt) {
        while (!attempt()) {
            const std::uint32_t epoch = sleepers_.announce();
            // Either this look sees the change, or who made it sees the announcement.
            const bool done = attempt();
            if (!done) sleepers_.sleep(epoch);
            sleepers_.retract();
            if (done) return;
        }
    }
    void notify_one() { sleepers_.notify_one(); }

private:
    eventcount sleepers_;
};

}  // namespace handoff
