#include "lock_role.hpp"

#include <algorithm>

namespace handoff {

figures lock_figures(const sample& s, const lock_plan& plan, std::vector<lock_use>& uses) {
    lock_use all;
    for (const lock_use& one : uses) {
        all.changes += one.changes;
        all.reads += one.reads;
        all.longest_gap = std::max(all.longest_gap, one.longest_gap);
        all.waits += one.waits;
    }
    const auto acquisitions = static_cast<double>(s.operations(0, plan.threads));
    figures values = {{"verified", 1.0},
                      {"acquisitions", acquisitions},
                      {"acquisitions_per_second", acquisitions / s.window_s},
                      {"changes", static_cast<double>(all.changes)},
                      {"reads", static_cast<double>(all.reads)},
                      {"longest_gap", static_cast<double>(all.longest_gap)},
                      {"step_ns", step_ns()}};
    add_percentiles(values, "acquire_", all.waits);
    add_shares(values, "thread", s, 0, plan.threads);
    return values;
}

std::string lock_error(const guarded_words& guarded, const std::vector<lock_use>& uses) {
    std::uint64_t changes = 0;
    std::uint64_t disagreements = 0;
    for (const lock_use& one : uses) {
        changes += one.changes;
        disagreements += one.disagreements;
    }
    if (disagreements != 0)
        return "unverified: " + std::to_string(disagreements) + " times a thread met another one in the lock";
    if (!guarded.agree_on(changes))
        return "unverified: the lock was taken alone " + std::to_string(changes) +
               " times, but what it guards says " + std::to_string(guarded.changes());
    return {};
}

}  // namespace handoff
