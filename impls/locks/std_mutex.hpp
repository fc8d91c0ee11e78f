// std::mutex, which is pthread_mutex_t of the default kind: in glibc a futex mutex.
//
// Progress: blocking; a waiting thread sleeps in the kernel. try_lock is exact in glibc, which uses no more
// than one compare-and-swap; the standard would let it fail for no reason.
#pragma once

#include <mutex>

#include "../lock.hpp"

namespace handoff {

class std_mutex : public std::mutex {
public:
    using handle = direct_lock_handle<std_mutex>;

    static constexpr lock_spec spec{
        .name = "std_mutex",
        .cite = "std::mutex",
        .unlock = progress::wait_free,
        .fair = fairness::none,
        .may_block = true,
    };
};

}  // namespace handoff
