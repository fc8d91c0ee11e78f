#include "saving_role.hpp"

#include <atomic>

#include "downloads/processes/temporary_folder.hpp"
#include "downloads/saving/document_file.hpp"
#include "harness/machine/clock.hpp"
#include "harness/machine/team.hpp"
#include "harness/machine/usage.hpp"

namespace handoff {
namespace {

constexpr std::size_t offers_each = 2;

// How often a document was offered, and how often it was written.
struct saving_counts {
    std::atomic<std::size_t> offered{0};
    std::atomic<std::size_t> written{0};
};

void save_in_turn(file_saver& saver, const std::vector<document>& documents, saving_counts& counts) {
    const std::size_t last = offers_each * documents.size();
    for (std::size_t offer = counts.offered++; offer < last; offer = counts.offered++) {
        const document& d = documents[offer / offers_each];
        if (saver.save(file_name_of(d), document_body(d)) == save_result::written) ++counts.written;
    }
}

figures saving_figures(const std::vector<document>& documents, const saving_counts& counts, double makespan_s,
                       const usage& used) {
    std::size_t all_bytes = 0;
    for (const document& d : documents) all_bytes += d.bytes;
    const auto items = static_cast<double>(documents.size());
    const auto bytes = static_cast<double>(all_bytes);
    return {{"window_s", makespan_s},
            {"verified", 1.0},
            {"items", items},
            {"bytes", bytes},
            {"taken", offers_each * items - static_cast<double>(counts.written)},
            {"makespan_s", makespan_s},
            {"items_per_second", items / makespan_s},
            {"bytes_per_second", bytes / makespan_s},
            {"cpu_s", used.cpu_seconds},
            {"voluntary_switches", static_cast<double>(used.voluntary_switches)},
            {"involuntary_switches", static_cast<double>(used.involuntary_switches)}};
}

outcome measure_saving(const saving_plan& plan, const std::vector<document>& documents,
                       const std::vector<int>& cpus) {
    const temporary_folder folder;
    file_saver saver(folder.path(), {.claim = plan.claim, .durable = plan.durable});
    saving_counts counts;
    const usage before = usage::of_this_process();
    const ticks start = harness_clock::now();
    run_team(cpus, [&](unsigned) { save_in_turn(saver, documents, counts); });
    const double makespan_s = harness_clock::seconds(harness_clock::now() - start);
    const usage used = usage::of_this_process() - before;
    outcome result;
    result.values = saving_figures(documents, counts, makespan_s, used);
    result.error = check_files(folder.path(), documents);
    if (result.error.empty() && counts.written != documents.size())
        result.error = "unverified: " + std::to_string(counts.written) + " documents of " +
                       std::to_string(documents.size()) + " were written";
    return result;
}

}  // namespace

outcome run_saving(const saving_plan& plan) {
    const std::vector<document> documents = make_documents({.items = plan.items}, plan.settings.seed);
    return take_job_sample(plan.settings, plan.savers, [&](const std::vector<int>& cpus) {
        return measure_saving(plan, documents, cpus);
    });
}

}  // namespace handoff
