// Counters: threads add to one, or to a list of three that lie in one cache line or apart.
#include "counter_role.hpp"
#include "workloads/cases/case_main.hpp"
#include "workloads/cases/catalog.hpp"

namespace handoff {
namespace {

std::vector<benchmark_case> cases() {
    std::vector<benchmark_case> all;
    for (const counter_entry* entry : counters())
        for (std::size_t mix = 0; mix < counter_mix_names.size(); ++mix)
            for (unsigned threads = 1; threads <= 8; ++threads) {
                // One thread alone has no other to add against.
                if (static_cast<counter_mix>(mix) == counter_mix::add_subtract && threads % 2 != 0) continue;
                const counter_plan plan{.threads = threads, .mix = static_cast<counter_mix>(mix)};
                all.push_back(planned(case_name("counter", entry->spec->name)
                                          .with("t", threads)
                                          .with("mix", name_of(plan.mix))
                                          .text(),
                                      run_of<counter_workload>(*entry), plan));
            }
    return all;
}

}  // namespace
}  // namespace handoff

int main(int argc, char** argv) {
    return handoff::case_main(argc, argv, {"operations_per_second", "lost_updates", "yardstick_before_ns"},
                              handoff::cases);
}
