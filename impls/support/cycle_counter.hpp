// A counter that runs at a constant rate and is read in some nanoseconds, for controls that have to know how
// much time has passed. No implementation that is ranked may use it.
#pragma once

#include <chrono>
#include <cstdint>

namespace handoff {

inline std::uint64_t cycle_counter() {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#else
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
#endif
}

}  // namespace handoff
