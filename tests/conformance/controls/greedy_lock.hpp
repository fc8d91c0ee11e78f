// A spin lock that claims to pass over a waiting thread no more than twice: its holder comes back first.
#pragma once

#include "locks/ttas_lock.hpp"

namespace handoff::conformance {

class greedy_lock : public handoff::ttas_lock {
public:
    using handle = direct_lock_handle<greedy_lock>;
    static constexpr lock_spec spec{.name = "greedy_lock",
                                    .cite = "control",
                                    .unlock = progress::wait_free,
                                    .fair = fairness::bounded_bypass,
                                    .most_bypasses = 2};
};

}  // namespace handoff::conformance
