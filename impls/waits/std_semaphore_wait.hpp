// A permit for each notification: std::counting_semaphore.
//
// One thread may wait. Of several libstdc++ 12 may let one sleep on beside a permit: it sleeps as long as the
// number of permits is the one that it saw last, and another thread may have taken that one before and a
// notification brought another (__atomic_wait_address_bare in bits/atomic_wait.h; read, and not seen to
// happen).
//
// Progress: notify_one is wait-free, but for the system call that wakes.
#pragma once

#include <semaphore>

#include "../support/permit_wait.hpp"
#include "../wait.hpp"

namespace handoff {

class std_semaphore_wait {
public:
    static constexpr wait_spec spec{
        .name = "std_semaphore_wait",
        .cite = "std::counting_semaphore",
        .notify = progress::wait_free,
        .meanwhile = waiting::polls_then_sleeps,
        .waiters = cardinality::one,
    };

    template <class Attempt>
    void until(Attempt attempt) {
        until_permitted([this] { permits_.acquire(); }, attempt);
    }
    void notify_one() { permits_.release(); }

private:
    std::counting_semaphore<> permits_{0};
};

}  // namespace handoff
