// What the tests of calls that wait have in common.
#pragma once

#include <chrono>

#include "queue.hpp"

namespace handoff::conformance {

// Longer than any test may run: a call that should be woken must not be saved by its timeout.
inline constexpr std::chrono::seconds for_ever{3600};

// How many threads wait at an end of a queue at once.
constexpr unsigned waiters(cardinality end) {
    return end == cardinality::many ? 4 : 1;
}

}  // namespace handoff::conformance
