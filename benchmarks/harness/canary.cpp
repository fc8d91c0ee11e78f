#include "canary.hpp"

#include <algorithm>
#include <array>

#include "harness/machine/clock.hpp"
#include "harness/machine/team.hpp"
#include "median.hpp"

namespace handoff {
namespace {

// A step is a multiplication and an addition: 3 + 1 cycles on x86-64 since Haswell and Zen (Fog, Instruction
// tables, agner.org/optimize), 1.3 ns at 3 GHz. So 5 batches take some 65 µs, and the median of them drops
// two that an interrupt fell into, or that came before the CPU was awake.
constexpr std::size_t batches = 5;
constexpr std::uint64_t steps_of_a_batch = 10'000;

double ns_per_step() {
    std::array<double, batches> each{};
    std::uint64_t value = 1;
    for (double& ns : each) {
        const ticks start = harness_clock::now();
        value = serial_chain(value, steps_of_a_batch);
        ns = harness_clock::ns(harness_clock::now() - start) / static_cast<double>(steps_of_a_batch);
    }
    return median({each.begin(), each.end()});
}

// Each CPU once: two threads on one would only wait for each other.
std::vector<int> distinct(std::vector<int> cpus) {
    std::ranges::sort(cpus);
    cpus.erase(std::unique(cpus.begin(), cpus.end()), cpus.end());
    return cpus;
}

}  // namespace

std::uint64_t serial_chain(std::uint64_t seed, std::uint64_t steps) noexcept {
    std::uint64_t value = seed;
    for (std::uint64_t n = 0; n < steps; ++n) {
        // The generator of Knuth, TAOCP 2, 3.3.4 (MMIX).
        value = value * 6364136223846793005U + 1442695040888963407U;
        // Several steps of a linear generator are one step of another; the compiler must not find that out.
        asm volatile("" : "+r"(value));
    }
    return value;
}

double canary_ns(const std::vector<int>& cpus) {
    const std::vector<int> each = distinct(cpus);
    std::vector<double> ns(each.size());
    run_team(each, [&](unsigned index) { ns[index] = ns_per_step(); });
    return *std::ranges::max_element(ns);
}

}  // namespace handoff
