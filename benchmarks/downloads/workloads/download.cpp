// The I/O-bound job that threads are for: download documents and save them, with real files at the end.
#include "downloads/catalog.hpp"
#include "pipeline_role.hpp"
#include "workloads/cases/case_main.hpp"
#include "workloads/cases/queue_cases.hpp"

namespace handoff {
namespace {

struct team {
    unsigned downloaders;
    unsigned savers;
};

// From one thread to more than anyone needs, behind one saver or two, and the source's 3 + 3.
constexpr team teams[] = {{1, 1}, {1, 2}, {2, 1},  {2, 2},  {3, 3},  {4, 1}, {4, 2},
                          {8, 1}, {8, 2}, {16, 1}, {16, 2}, {32, 1}, {32, 2}};

bool fits(const queue_spec& spec, const team& t) {
    return ends_by_stop_items(spec) && allows(spec.consumers, std::max(t.downloaders, t.savers)) &&
           allows(spec.producers, t.downloaders);
}

std::vector<benchmark_case> cases() {
    std::vector<benchmark_case> all;
    for (const download_entry* entry : download_entries()) {
        const queue_entry& queue = *entry->queue;
        for (const team& t : teams) {
            if (!fits(*queue.spec, t)) continue;
            for (const wait_kind wait : waits_of(
                     queue, {wait_kind::yield, wait_kind::sleep_1ms, wait_kind::block, wait_kind::timed})) {
                const download_plan plan{.downloaders = t.downloaders, .savers = t.savers, .wait = wait};
                all.push_back(planned(case_name("download", queue.spec->name)
                                          .with("n", t.downloaders)
                                          .with("m", t.savers)
                                          .with("wait", name_of(wait))
                                          .with("items", plan.items)
                                          .text(),
                                      entry->pipeline, plan));
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
