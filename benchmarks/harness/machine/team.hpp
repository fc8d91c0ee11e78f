// A team: threads that are created, pinned and ready before any of them begins.
#pragma once

#include <functional>
#include <vector>

namespace handoff {

// Pins the calling thread; not_pinned leaves it alone. Throws misuse if the CPU does not exist.
void pin_this_thread(int cpu);

// Whether a thread may be pinned there: some containers forbid pinning altogether.
bool can_pin_to(int cpu);

// Runs body(i) on a thread pinned to cpus[i], for all i, and returns when all have ended. None begins before
// all are pinned; then `meanwhile` runs on the calling thread. Throws misuse if a thread cannot be started,
// else what the first body that failed has thrown; `on_failure` is called at once when a body throws, so that
// the others can be told to stop.
void run_team(
    const std::vector<int>& cpus, const std::function<void(unsigned)>& body,
    const std::function<void()>& meanwhile = [] {}, const std::function<void()>& on_failure = [] {});

}  // namespace handoff
