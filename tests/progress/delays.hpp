// Threads that pass random times between their calls, and how often they have slept.
#pragma once

#include <sys/resource.h>

#include <chrono>
#include <cstdint>
#include <random>
#include <thread>

#include "support/cache_line.hpp"
#include "support/pause.hpp"

namespace handoff::stalls {

// How often threads of this process have gone to sleep, those that have ended included. One that only gives
// its processor away stays runnable and does not count (getrusage(2): voluntary switches).
inline std::uint64_t sleeps_so_far() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return static_cast<std::uint64_t>(used.ru_nvcsw);
}

// One thread's delays: now one end of a queue sleeps, now the other, and each meets the other on its way to
// sleep.
class alignas(no_false_sharing) delays {
public:
    explicit delays(std::uint64_t seed)
        : random_(seed), longest_ns_(std::uint64_t{1000} << (random_() % 6)) {}

    // Half of the time none: then the two ends meet without it.
    void pass() {
        if (random_() % 2 == 0) return;
        const auto end = std::chrono::steady_clock::now() + std::chrono::nanoseconds(random_() % longest_ns_);
        while (std::chrono::steady_clock::now() < end) pause();
        // Now and then so long that the others are asleep for certain.
        if (random_() % 512 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }

private:
    std::mt19937_64 random_;
    std::uint64_t longest_ns_;  // 1 to 32 us: from less than a wake-up's own time to several
};

}  // namespace handoff::stalls
