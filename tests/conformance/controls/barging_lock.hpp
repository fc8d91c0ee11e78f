// A spin lock that claims to take threads in the order of their coming.
#pragma once

#include "locks/ttas_lock.hpp"

namespace handoff::conformance {

class barging_lock : public handoff::ttas_lock {
public:
    using handle = direct_lock_handle<barging_lock>;
    static constexpr lock_spec spec{
        .name = "barging_lock", .cite = "control", .unlock = progress::wait_free, .fair = fairness::fifo};
};

}  // namespace handoff::conformance
