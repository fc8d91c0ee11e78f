// The I/O-bound job that threads are for: download documents and save them, with real files at the end.
#include "case_main.hpp"
#include "harness/roles/download_role.hpp"
#include "queue_cases.hpp"

namespace handoff {
namespace {

constexpr unsigned downloader_counts[] = {1, 2, 4, 8, 16, 32};
constexpr unsigned saver_counts[] = {1, 2};

bool fits(const queue_spec& spec, unsigned downloaders, unsigned savers) {
    return spec.conserves && ends_by_stop_items(spec) &&
           allows(spec.consumers, std::max(downloaders, savers)) && allows(spec.producers, downloaders);
}

std::vector<benchmark_case> cases() {
    std::vector<benchmark_case> all;
    for (const queue_entry* entry : queues()) {
        const auto run = entry->runs[static_cast<std::size_t>(item_kind::bytes_8)].download;
        // A control that loses or doubles items would be waited for in vain.
        if (run == nullptr || entry->control) continue;
        for (const unsigned n : downloader_counts)
            for (const unsigned m : saver_counts) {
                if (!fits(*entry->spec, n, m)) continue;
                for (const wait_kind wait : waits_of(*entry, {wait_kind::yield, wait_kind::sleep_1ms,
                                                              wait_kind::block, wait_kind::timed})) {
                    const download_plan plan{.downloaders = n, .savers = m, .wait = wait};
                    all.push_back(planned(case_name("download", entry->spec->name)
                                              .with("n", n)
                                              .with("m", m)
                                              .with("wait", name_of(wait))
                                              .with("items", plan.items)
                                              .text(),
                                          run, plan));
                }
            }
    }
    return all;
}

}  // namespace
}  // namespace handoff

int main(int argc, char** argv) {
    return handoff::case_main(argc, argv, {"makespan_s", "efficiency", "items_per_second"}, handoff::cases);
}
