// Whether calls come back in time, on a machine whose processors others may want, too.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace handoff::conformance {

// What one try has shown: by how much the latest of its calls was late, and which it was.
struct late_call {
    std::chrono::nanoseconds late;
    std::string which;
};

// Tries until one try was late by no more than `allowed`: what makes calls late without fault, others that
// want the processor, is over now and then; a fault is not. Fails when none of several tries was in time. A
// try in which the calls did not meet as they should, because a thread came late, returns nothing and says
// nothing.
void expect_in_time(std::chrono::nanoseconds allowed,
                    const std::function<std::optional<late_call>()>& attempt);

}  // namespace handoff::conformance
