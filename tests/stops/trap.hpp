// What the handler of traps (steps.cpp) shares with breakpoints.
#pragma once

#include <cstdint>

#include "breakpoint.hpp"

namespace handoff::stalls {

// The calling thread has met a breakpoint and would go on with `next`: stops, if it is one of ours, and
// returns with what it goes on with.
std::uintptr_t after_breakpoint(std::uintptr_t next);

// The calling thread takes a trap after each instruction, for `course`; null: no longer.
void trap_each_instruction(course_of_calls* course);

}  // namespace handoff::stalls
