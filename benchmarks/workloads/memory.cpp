// Memory: bytes per item held, what an empty and a drained queue keep, and allocations while items pass.
#include "allocation_meter.hpp"
#include "memory_role.hpp"
#include "workloads/cases/case_main.hpp"
#include "workloads/cases/catalog.hpp"

namespace handoff {
namespace {

// How many items a queue is made for and, where it has no bound, filled with: few, where what it takes at all
// events weighs most, and many, where what it takes for each item does.
constexpr std::size_t counts[] = {1024, 65536};
constexpr item_kind kinds[] = {item_kind::bytes_8, item_kind::bytes_64, item_kind::bytes_256};

std::vector<benchmark_case> cases() {
    std::vector<benchmark_case> all;
    memory_plan plan;
    plan.meter = &process_memory();
    for (const queue_entry* entry : queues()) {
        if (!entry->control.empty()) continue;  // they have their say in the other workloads
        for (const item_kind kind : kinds) {
            const auto run = run_of<memory_workload>(*entry, kind);
            if (!run) continue;
            for (const std::size_t items : counts) {
                if (items > entry->spec->max_capacity) continue;
                plan.items = items;
                all.push_back(planned(case_name("memory", entry->spec->name)
                                          .with("item", name_of(kind))
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
    return handoff::case_main(
        argc, argv, {"bytes_per_item", "empty_bytes", "retained_bytes", "peak_bytes", "allocations_per_item"},
        handoff::cases);
}
