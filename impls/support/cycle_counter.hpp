// A counter that runs at a constant rate and is read in some nanoseconds, for controls that have to know how
// much time has passed. No implementation that is ranked may use it.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif
#include <chrono>

namespace handoff {

inline std::uint64_t cycle_counter() {
#if defined(__x86_64__)
    return __rdtsc();
#else
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
#endif
}

}  // namespace handoff
