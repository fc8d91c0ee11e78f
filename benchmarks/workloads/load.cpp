// Latency under load: an open loop at shares of what the queue can take, and at absolute rates.
#include "load_role.hpp"
#include "workloads/cases/case_main.hpp"
#include "workloads/cases/queue_cases.hpp"

namespace handoff {
namespace {

constexpr double percents[] = {10, 50, 80, 95};
constexpr double rates[] = {10'000, 100'000, 1'000'000, 10'000'000};

std::string rate_of(const load_plan& plan) {
    const auto whole = [](double number) { return std::to_string(static_cast<std::uint64_t>(number)); };
    return plan.percent > 0.0 ? whole(plan.percent) + "%" : whole(plan.rate);
}

std::vector<load_plan> plans_for(const queue_entry& entry) {
    std::vector<load_plan> plans;
    for (const unsigned threads : {1u, 2u}) {
        if (!allows(entry.spec->producers, threads) || !allows(entry.spec->consumers, threads)) continue;
        for (const wait_kind wait : waits_of(entry, {wait_kind::spin, wait_kind::pause, wait_kind::yield,
                                                     wait_kind::block, wait_kind::adaptive}))
            for (const arrival_pattern pattern : {arrival_pattern::constant, arrival_pattern::poisson}) {
                load_plan plan{.producers = threads, .consumers = threads, .wait = wait, .arrivals = pattern};
                for (const double percent : percents) {
                    plan.percent = percent;
                    plans.push_back(plan);
                }
                plan.percent = 0.0;
                for (const double rate : rates) {
                    plan.rate = rate;
                    plans.push_back(plan);
                }
            }
    }
    return plans;
}

std::vector<benchmark_case> cases(const name_beginning& wanted) {
    std::vector<benchmark_case> all;
    for (const queue_entry* entry : queues()) {
        if (!wanted.allows("load", entry->spec->name)) continue;
        // The controls have their say in the other workloads.
        const auto run = run_of<load_workload>(*entry);
        if (!entry->control.empty() || !run || load_plan{}.capacity > entry->spec->max_capacity) continue;
        for (const load_plan& plan : plans_for(*entry))
            all.push_back(planned(case_name("load", entry->spec->name)
                                      .with("p", plan.producers)
                                      .with("c", plan.consumers)
                                      .with("wait", name_of(plan.wait))
                                      .with("arrivals", name_of(plan.arrivals))
                                      .with("rate", rate_of(plan))
                                      .text(),
                                  run, plan));
    }
    return all;
}

}  // namespace
}  // namespace handoff

int main(int argc, char** argv) {
    return handoff::case_main(argc, argv,
                              {"offered_per_second", "p50_ns", "p99_ns", "since_sent_p99_ns", "overloaded"},
                              handoff::cases);
}
