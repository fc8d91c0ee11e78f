// Threads for the tests, and the one way in which they wait around a failed try_ call.
#pragma once

#include <functional>

namespace handoff::conformance {

// Runs body(0) … body(count - 1) on threads of their own, none before all have been created; then `meanwhile`
// on the calling thread; returns when all have ended. An exception out of a body ends the process with its
// message, because the other threads may wait for the one that failed.
void run_threads(
    unsigned count, const std::function<void(unsigned)>& body,
    const std::function<void()>& meanwhile = [] {});

// Gives the processor away: the tests run with more threads than processors, where spinning would stall them.
void give_way();

// Long enough for a thread that was about to wait to be asleep. No test depends on it to pass: too short a
// nap only makes it less likely that the test sees a fault.
void nap();

}  // namespace handoff::conformance
