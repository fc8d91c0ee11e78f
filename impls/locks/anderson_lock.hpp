// The lock of array_lock.hpp with 64 slots: so many waiters spin on a line of their own, which are more than
// most sockets have CPUs.
#pragma once

#include "../lock.hpp"
#include "array_lock.hpp"

namespace handoff {

class anderson_lock : public array_lock<64> {
public:
    using handle = direct_lock_handle<anderson_lock>;

    static constexpr lock_spec spec{
        .name = "anderson_lock",
        .cite = "Anderson, IEEE TPDS 1(1), 1990; Dice, SPAA 2011",
        .unlock = progress::wait_free,
        .fair = fairness::fifo,
    };
};

}  // namespace handoff
