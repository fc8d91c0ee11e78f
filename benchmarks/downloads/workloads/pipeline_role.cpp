#include "pipeline_role.hpp"

namespace handoff {

outcome download_outcome(const download_plan& plan, const std::vector<document>& documents,
                         const document_store& store, const download_totals& totals) {
    std::uint64_t bytes = 0;
    for (const document& d : documents) bytes += d.bytes;
    stage_times all;
    for (const stage_times& t : totals.times) {
        all.active += t.active;
        all.waiting += t.waiting;
    }
    const double ideal = ideal_seconds(documents, plan.downloaders);
    const auto items = static_cast<double>(documents.size());
    outcome result;
    result.error = store.check(documents);
    result.values = {{"window_s", totals.makespan_s},
                     {"verified", 1.0},
                     {"capacity", static_cast<double>(plan.capacity)},
                     {"items", items},
                     {"bytes", static_cast<double>(bytes)},
                     {"makespan_s", totals.makespan_s},
                     {"ideal_s", ideal},
                     {"efficiency", ideal / totals.makespan_s},
                     {"items_per_second", items / totals.makespan_s},
                     {"bytes_per_second", static_cast<double>(bytes) / totals.makespan_s},
                     {"left_behind", static_cast<double>(totals.left_behind)},
                     {"active_s", harness_clock::seconds(all.active)},
                     {"waiting_s", harness_clock::seconds(all.waiting)},
                     {"cpu_s", totals.used.cpu_seconds},
                     {"voluntary_switches", static_cast<double>(totals.used.voluntary_switches)},
                     {"involuntary_switches", static_cast<double>(totals.used.involuntary_switches)}};
    return result;
}

}  // namespace handoff
