// What can be seen only if threads run while a window is open is looked for in longer and longer windows: on
// a machine with other work a thread may not get a CPU within a short one.
#pragma once

#include <chrono>

#include "harness/sample.hpp"

namespace handoff {

// Runs the plan until `shows` is true of the outcome, and returns the last one. A window that was void shows
// nothing.
template <class Plan, class Run, class Shows>
outcome until_shown(Plan& plan, Run run, Shows shows) {
    using namespace std::chrono_literals;
    outcome result;
    plan.settings.ramp = 5ms;
    for (auto window = 40ms; window < 3s; window *= 2) {
        plan.settings.window = window;
        result = run(plan);
        if (!result.error.starts_with("voided: ") && shows(result)) break;
    }
    return result;
}

}  // namespace handoff
