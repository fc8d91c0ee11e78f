// A binary semaphore as a lock, as Dijkstra gave it in EWD 123 (1965).
//
// Progress: blocking; a waiting thread sleeps in the kernel.
#pragma once

#include <semaphore>

#include "lock.hpp"

namespace handoff {

class semaphore_lock {
public:
    using handle = direct_lock_handle<semaphore_lock>;

    static constexpr lock_spec spec{
        .name = "semaphore_lock",
        .cite = "Dijkstra, EWD 123, 1965, with std::binary_semaphore",
        .unlock = progress::wait_free,
        .fair = fairness::none,
        .tries = try_failure::spurious,  // try_acquire may fail for no reason
        .may_block = true,
    };

    void lock() { free_.acquire(); }
    bool try_lock() { return free_.try_acquire(); }
    void unlock() { free_.release(); }

private:
    std::binary_semaphore free_{1};
};

}  // namespace handoff
