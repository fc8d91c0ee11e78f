// Ways to wait: an item comes at long or short gaps to one thread or several that wait for it, on CPUs of
// their own or beside a thread that wants one of them for itself.
#include "wait_role.hpp"
#include "workloads/cases/case_main.hpp"
#include "workloads/cases/catalog.hpp"

namespace handoff {
namespace {

constexpr unsigned gaps_us[] = {1, 10, 100, 1'000, 10'000, 100'000};

std::vector<wait_plan> plans_of(const wait_entry& entry) {
    // A control loses an item now and then: where the most come.
    if (!entry.control.empty()) return {{.waiters = 1, .gap_us = gaps_us[0]}};
    std::vector<wait_plan> all;
    for (const unsigned waiters : {1U, 2U, 8U}) {
        if (waiters > 1 && entry.spec->waiters == cardinality::one) continue;
        for (const unsigned gap_us : gaps_us) {
            all.push_back({.waiters = waiters, .gap_us = gap_us});
            if (waiters == 1) all.push_back({.waiters = waiters, .gap_us = gap_us, .hungry = 1});
        }
    }
    return all;
}

std::vector<benchmark_case> cases() {
    std::vector<benchmark_case> all;
    for (const wait_entry* entry : waits())
        for (const wait_plan& plan : plans_of(*entry))
            all.push_back(planned(case_name("wait", entry->spec->name)
                                      .with("waiters", plan.waiters)
                                      .with("gap_us", plan.gap_us)
                                      .with("hungry", plan.hungry)
                                      .text(),
                                  run_of<wait_workload>(*entry), plan));
    return all;
}

}  // namespace
}  // namespace handoff

int main(int argc, char** argv) {
    return handoff::case_main(
        argc, argv,
        {"late_p50_ns", "late_p99_ns", "cpu_per_item_ns", "notify_p50_ns", "items", "yardstick_before_ns"},
        handoff::cases);
}
