// Threads that add for a while.
#pragma once

#include <chrono>
#include <cstdint>

namespace handoff::conformance {

// Adds for a fixed time, not a fixed number: threads that had finished before the next one was awake would
// never meet. Returns what was added.
template <class Batch>
std::int64_t add_for_a_while(Batch add_batch) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(12);
    std::int64_t sum = 0;
    while (std::chrono::steady_clock::now() < end) sum += add_batch();
    return sum;
}

}  // namespace handoff::conformance
