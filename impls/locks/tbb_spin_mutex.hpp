// oneTBB's spin_mutex: an exchange with backoff that ends in a yield.
//
// Progress: blocking, and not fair.
#pragma once

#include <tbb/spin_mutex.h>

#include "../lock.hpp"

namespace handoff {

class tbb_spin_mutex : public tbb::spin_mutex {
public:
    using handle = direct_lock_handle<tbb_spin_mutex>;

    static constexpr lock_spec spec{
        .name = "tbb_spin_mutex",
        .cite = "tbb::spin_mutex, oneTBB",
        .unlock = progress::wait_free,
        .fair = fairness::none,
    };
};

}  // namespace handoff
