#include "clock.hpp"

#include <time.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string>

namespace handoff {
namespace {

double wall_seconds(clockid_t id) {
    timespec t{};
    clock_gettime(id, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

// The kernel's word that the counter runs at one rate, also in deep sleep.
bool tsc_is_invariant() {
#if defined(__x86_64__)
    std::ifstream cpuinfo("/proc/cpuinfo");
    for (std::string line; std::getline(cpuinfo, line);) {
        if (!line.starts_with("flags")) continue;
        line += ' ';
        return line.find(" constant_tsc ") != std::string::npos &&
               line.find(" nonstop_tsc ") != std::string::npos;
    }
#endif
    return false;
}

// Where the kernel keeps its time by something slower, it has found the counter wanting: it went astray, or
// differs from CPU to CPU. The clocks of hypervisors are made of the counter.
bool kernel_trusts_tsc() {
    std::string source;
    std::ifstream("/sys/devices/system/clocksource/clocksource0/current_clocksource") >> source;
    return source.empty() || source == "tsc" || source == "kvm-clock" || source == "xen" ||
           source.starts_with("hyperv");
}

struct reading {
    ticks stamp;
    double wall;
};

// The tightest of several pairs: an interrupt between the two reads shows as a wide pair.
reading read_both(clockid_t id) {
    reading best{};
    ticks narrowest = ~ticks{0};
    for (int i = 0; i < 20; ++i) {
        const ticks before = harness_clock::now();
        const double wall = wall_seconds(id);
        const ticks after = harness_clock::now();
        if (after - before < narrowest) {
            narrowest = after - before;
            best = {before + (after - before) / 2, wall};
        }
    }
    return best;
}

}  // namespace

void harness_clock::calibrate(double tsc_hz) {
    ns_per_tick_ = 1.0;
    uses_tsc_ = tsc_is_invariant() && kernel_trusts_tsc();
    if (!uses_tsc_) return;
    if (tsc_hz > 0.0) {
        ns_per_tick_ = 1e9 / tsc_hz;
        return;
    }
    const reading start = read_both(CLOCK_MONOTONIC_RAW);
    // 10 ms against a pair some 50 ns wide: 5 parts in a million.
    while (wall_seconds(CLOCK_MONOTONIC_RAW) - start.wall < 0.010) {
    }
    const reading end = read_both(CLOCK_MONOTONIC_RAW);
    ns_per_tick_ = 1e9 * (end.wall - start.wall) / static_cast<double>(end.stamp - start.stamp);
}

double harness_clock::floor_ns() {
    std::array<ticks, 1001> gaps{};
    for (ticks& gap : gaps) {
        const ticks start = now();
        gap = now() - start;
    }
    std::nth_element(gaps.begin(), gaps.begin() + gaps.size() / 2, gaps.end());
    return ns(gaps[gaps.size() / 2]);
}

clock_check::clock_check() {
    const reading r = read_both(CLOCK_MONOTONIC);
    stamp_ = r.stamp;
    wall_ = r.wall;
}

double clock_check::error() const {
    const reading r = read_both(CLOCK_MONOTONIC);
    const double wall = r.wall - wall_;
    return (harness_clock::seconds(r.stamp - stamp_) - wall) / wall;
}

}  // namespace handoff
