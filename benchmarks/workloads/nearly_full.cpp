// How often a push fails although there is room, and a pop although there are items.
#include "nearly_full_role.hpp"
#include "workloads/cases/case_main.hpp"
#include "workloads/cases/catalog.hpp"

namespace handoff {
namespace {

constexpr unsigned thread_counts[] = {2, 4, 8};
constexpr std::size_t capacity = 64;

std::vector<benchmark_case> cases() {
    std::vector<benchmark_case> all;
    for (const queue_entry* entry : queues()) {
        const auto run = run_of<nearly_full_workload>(*entry);
        if (!run || !entry->control.empty() || capacity > entry->spec->max_capacity) continue;
        for (const unsigned threads : thread_counts)
            for (const wait_kind wait : {wait_kind::pause, wait_kind::yield}) {
                const nearly_full_plan plan{
                    .threads = threads, .wait = wait, .capacity = capacity, .free = threads};
                all.push_back(planned(case_name("nearly_full", entry->spec->name)
                                          .with("t", threads)
                                          .with("wait", name_of(wait))
                                          .with("capacity", capacity)
                                          .with("free", plan.free)
                                          .text(),
                                      run, plan));
            }
    }
    return all;
}

}  // namespace
}  // namespace handoff

int main(int argc, char** argv) {
    return handoff::case_main(
        argc, argv, {"failed_push_share", "failed_pop_share", "items_per_second", "yardstick_before_ns"},
        handoff::cases);
}
