#include "memory_role.hpp"

namespace handoff {

outcome memory_outcome(const memory_stations& at) {
    outcome result;
    if (at.held == 0 || at.passed == 0) {
        result.error = "voided: the queue took no item, so there is nothing to count bytes by";
        return result;
    }
    const auto beyond = [&at](std::int64_t bytes) {
        return static_cast<double>(bytes - at.before.live_bytes);
    };
    const auto allocations = static_cast<double>(at.measured.allocations - at.steady.allocations);
    const auto held = static_cast<double>(at.held);
    result.values = {{"team", 1.0},
                     {"oversubscribed", 0.0},
                     {"verified", 1.0},
                     {"items", held},
                     {"bytes_per_item", beyond(at.full.live_bytes) / held},
                     {"empty_bytes", beyond(at.empty.live_bytes)},
                     {"retained_bytes", beyond(at.drained.live_bytes)},
                     {"peak_bytes", beyond(at.measured.peak_bytes)},
                     {"allocations_per_item", allocations / static_cast<double>(at.passed)}};
    return result;
}

}  // namespace handoff
