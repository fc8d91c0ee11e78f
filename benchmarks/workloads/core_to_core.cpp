// The machine itself: the round trip of one cache line between each two CPUs.
#include "harness/machine/topology.hpp"
#include "harness/yardstick.hpp"
#include "workloads/cases/case_main.hpp"

namespace handoff {
namespace {

outcome measure(const run_settings& settings, int a, int b) {
    run_settings pinned = settings;
    pinned.placement = "cpus:" + std::to_string(a) + "," + std::to_string(b);
    return take_job_sample(pinned, 2, [a, b](const std::vector<int>&) {
        const ticks start = harness_clock::now();
        const round_trips between = round_trips_between(a, b);
        return outcome{.values = {{"round_trip_ns", between.hardware()},
                                  {"window_s", harness_clock::seconds(harness_clock::now() - start)},
                                  {"verified", 1.0}},
                       .cpus = {},
                       .error = {}};
    });
}

std::vector<benchmark_case> cases() {
    std::vector<benchmark_case> all;
    const std::vector<cpu> cpus = topology::detect().cpus();
    for (std::size_t i = 0; i < cpus.size(); ++i)
        for (std::size_t k = i + 1; k < cpus.size(); ++k)
            all.push_back({case_name("core_to_core", "cache_line")
                               .with("a", static_cast<std::size_t>(cpus[i].id))
                               .with("b", static_cast<std::size_t>(cpus[k].id))
                               .text(),
                           [a = cpus[i].id, b = cpus[k].id](const run_settings& settings) {
                               return measure(settings, a, b);
                           }});
    return all;
}

}  // namespace
}  // namespace handoff

int main(int argc, char** argv) {
    return handoff::case_main(argc, argv, {"round_trip_ns", "yardstick_before_ns"}, handoff::cases);
}
