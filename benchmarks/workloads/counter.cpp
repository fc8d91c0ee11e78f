// Counters: threads add to one, or to a list of three that lie in one cache line or apart.
#include "workloads/cases/case_main.hpp"
#include "workloads/cases/catalog.hpp"

namespace handoff {
namespace {

std::vector<benchmark_case> cases() {
    std::vector<benchmark_case> all;
    for (const counter_entry* entry : counters())
        for (std::size_t mix = 0; mix < counter_mix_names.size(); ++mix)
            for (unsigned threads = 1; threads <= 8; ++threads) {
                // One thread alone has nobody to add against.
                if (static_cast<counter_mix>(mix) == counter_mix::add_subtract && threads % 2 != 0) continue;
                all.push_back({case_name("counter", entry->spec->name)
                                   .with("t", threads)
                                   .with("mix", counter_mix_names[mix])
                                   .text(),
                               [entry, threads, mix](const run_settings& settings) {
                                   return entry->run({.settings = settings,
                                                      .threads = threads,
                                                      .mix = static_cast<counter_mix>(mix)});
                               }});
            }
    return all;
}

}  // namespace
}  // namespace handoff

int main(int argc, char** argv) {
    return handoff::case_main(argc, argv, {"operations_per_second", "lost_updates", "yardstick_before_ns"},
                              handoff::cases);
}
