// std::shared_mutex, which is pthread_rwlock_t of the default kind: in glibc readers come before writers.
//
// Progress: blocking; a waiting thread sleeps in the kernel.
#pragma once

#include <shared_mutex>

#include "../lock.hpp"

namespace handoff {

class std_shared_mutex : public std::shared_mutex {
public:
    using handle = direct_lock_handle<std_shared_mutex>;

    static constexpr lock_spec spec{
        .name = "std_shared_mutex",
        .cite = "std::shared_mutex",
        .unlock = progress::lock_free,
        .fair = fairness::none,
        .may_block = true,
    };
};

}  // namespace handoff
