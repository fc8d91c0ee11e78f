// oneTBB's spin_rw_mutex: a reader-writer lock in one word, in which a waiting writer keeps new readers out.
//
// Progress: blocking, and not fair.
#pragma once

#include <tbb/spin_rw_mutex.h>

#include "../lock.hpp"

namespace handoff {

class tbb_spin_rw_mutex : public tbb::spin_rw_mutex {
public:
    using handle = direct_lock_handle<tbb_spin_rw_mutex>;

    static constexpr lock_spec spec{
        .name = "tbb_spin_rw_mutex",
        .cite = "tbb::spin_rw_mutex, oneTBB",
        .unlock = progress::wait_free,
        .fair = fairness::none,
        .tries = try_failure::in_flight,  // readers that try count themselves first
    };
};

}  // namespace handoff
