// Who knows of what: time stamps per thread, by which one event happens before another or does not.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace handoff::exploration {

// The body of a scenario and the threads that it runs.
inline constexpr std::size_t max_threads = 5;

// One event: the time of its thread.
struct epoch {
    unsigned thread = 0;
    std::uint32_t time = 0;  // 0: before everything
};

struct vector_clock {
    std::array<std::uint32_t, max_threads> times{};

    void join(const vector_clock& other) {
        for (std::size_t i = 0; i < max_threads; ++i) times[i] = std::max(times[i], other.times[i]);
    }
    // Whether the event happens before whoever has this clock.
    bool covers(epoch event) const { return event.time <= times[event.thread]; }
    bool covers(const vector_clock& other) const {
        for (std::size_t i = 0; i < max_threads; ++i) {
            if (other.times[i] > times[i]) return false;
        }
        return true;
    }
};

}  // namespace handoff::exploration
