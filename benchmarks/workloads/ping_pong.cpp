// Round trip: two threads hand one item to and fro, over two queues or over one that both use.
#include "ping_pong_role.hpp"
#include "workloads/cases/case_main.hpp"
#include "workloads/cases/queue_cases.hpp"

namespace handoff {
namespace {

std::vector<ping_pong_plan> plans_for(const queue_entry& entry) {
    std::vector<ping_pong_plan> plans;
    const bool shared =
        entry.spec->producers == cardinality::many && entry.spec->consumers == cardinality::many;
    for (const wait_kind wait :
         waits_of(entry, {wait_kind::spin, wait_kind::pause, wait_kind::backoff, wait_kind::yield,
                          wait_kind::sleep_1ms, wait_kind::block, wait_kind::adaptive, wait_kind::timed})) {
        plans.push_back({.queues = 2, .wait = wait});
        plans.push_back({.queues = 2, .wait = wait, .distribution = true});
        if (shared) plans.push_back({.queues = 1, .wait = wait});
    }
    return plans;
}

std::vector<benchmark_case> cases() {
    std::vector<benchmark_case> all;
    for (const queue_entry* entry : queues()) {
        const auto run = run_of<ping_pong_workload>(*entry);
        if (!run) continue;
        for (const ping_pong_plan& plan : plans_for(*entry))
            all.push_back(planned(case_name("ping_pong", entry->spec->name)
                                      .with("queues", plan.queues)
                                      .with("wait", name_of(plan.wait))
                                      .with("report", plan.distribution ? "distribution" : "mean")
                                      .text(),
                                  run, plan));
    }
    return all;
}

}  // namespace
}  // namespace handoff

int main(int argc, char** argv) {
    return handoff::case_main(argc, argv, {"round_trip_ns", "p50_ns", "p99_ns", "yardstick_before_ns"},
                              handoff::cases);
}
