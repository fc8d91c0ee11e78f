// A lock whose try_lock fails now and then although nobody has it.
#pragma once

#include <atomic>

#include "locks/ttas_lock.hpp"

namespace handoff::conformance {

class hesitant_lock : public ttas_lock {
public:
    using handle = direct_lock_handle<hesitant_lock>;
    static constexpr lock_spec spec{
        .name = "hesitant_lock", .cite = "control", .unlock = progress::wait_free, .fair = fairness::none};
    bool try_lock() { return ++tries_ % 1'000 != 0 && ttas_lock::try_lock(); }

private:
    std::atomic<unsigned> tries_{0};
};

}  // namespace handoff::conformance
