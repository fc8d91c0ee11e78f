// What a thread that is stopped in the middle of a call costs the others, for every queue.
#include "stall_role.hpp"
#include "workloads/cases/case_main.hpp"
#include "workloads/cases/queue_cases.hpp"

namespace handoff {
namespace {

constexpr unsigned stops_ms[] = {1, 10, 100};
constexpr std::size_t capacity = 64;

std::vector<benchmark_case> cases() {
    std::vector<benchmark_case> all;
    for (const queue_entry* entry : queues()) {
        const auto run = run_of<stall_workload>(*entry);
        if (!run || !entry->control.empty() || capacity > entry->spec->max_capacity) continue;
        for (const unsigned stop_ms : stops_ms) {
            // Two at each end that admits them: then a stopped one has a colleague who could go on.
            const stall_plan plan{.producers = allows(entry->spec->producers, 2) ? 2U : 1U,
                                  .consumers = allows(entry->spec->consumers, 2) ? 2U : 1U,
                                  .capacity = capacity,
                                  .stop_ms = stop_ms};
            all.push_back(planned(case_name("stall", entry->spec->name)
                                      .with("p", plan.producers)
                                      .with("c", plan.consumers)
                                      .with("capacity", capacity)
                                      .with("stop_ms", stop_ms)
                                      .text(),
                                  run, plan));
        }
    }
    return all;
}

}  // namespace
}  // namespace handoff

int main(int argc, char** argv) {
    return handoff::case_main(argc, argv,
                              {"stops", "push_harmful_stops", "pop_harmful_stops", "kept_share",
                               "standstill_p50_ns", "standstill_max_ns", "yardstick_before_ns"},
                              handoff::cases);
}
