// The two ways in which a run ends badly: misuse (exit code 2) and a failed measurement (exit code 1).
#pragma once

#include <stdexcept>

namespace handoff {

inline constexpr int exit_failed = 1;
inline constexpr int exit_misuse = 2;

// What was asked for cannot be done here. The message names the thing, the value and the valid choices.
struct misuse : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace handoff
