// The harness's clock: the invariant time stamp counter where there is one, std::chrono::steady_clock
// elsewhere. Its unit is calibrated against CLOCK_MONOTONIC_RAW at start, never read from a model name (two
// widely used suites do, and print cycles as nanoseconds), and every sample checks it against wall time.
#pragma once

#include <chrono>
#include <cstdint>

namespace handoff {

using ticks = std::uint64_t;

class harness_clock {
public:
    // A stamp. Not a fence: the processor may move it past neighbouring instructions by some nanoseconds,
    // which an interval of at least a microsecond, or a median of many, does not see.
    static ticks now() noexcept {
#if defined(__x86_64__)
        if (uses_tsc_) return __builtin_ia32_rdtsc();
#endif
        return static_cast<ticks>(std::chrono::steady_clock::now().time_since_epoch().count());
    }

    static double ns(ticks interval) noexcept {
        return static_cast<double>(interval) * ns_per_tick_;
    }
    static double seconds(ticks interval) noexcept {
        return ns(interval) * 1e-9;
    }
    static ticks from_ns(double ns) noexcept {
        return static_cast<ticks>(ns / ns_per_tick_);
    }
    static bool uses_tsc() noexcept {
        return uses_tsc_;
    }
    static double hz() noexcept {
        return 1e9 / ns_per_tick_;
    }

    // Chooses the source and finds its unit; takes about 10 ms. Called once, before any thread starts. A
    // positive `tsc_hz` is believed instead of calibrating.
    static void calibrate(double tsc_hz = 0.0);

    // What two stamps in a row cost: median of many, ns.
    static double floor_ns();

private:
    static inline bool uses_tsc_ = false;
    static inline double ns_per_tick_ = 1.0;
};

// Compares the harness clock with CLOCK_MONOTONIC over the time from its construction.
class clock_check {
public:
    clock_check();
    // (harness seconds - wall seconds) / wall seconds since construction.
    double error() const;

private:
    ticks stamp_;
    double wall_;
};

// A sample whose clock error exceeds this is void.
inline constexpr double clock_tolerance = 1e-3;

}  // namespace handoff
