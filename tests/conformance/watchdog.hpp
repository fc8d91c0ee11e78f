// Ends the process when a test, or one step of it, hangs or takes too long; and says what was going on then,
// also when a signal ends the process: the test, the step, who is in which call, and how many items went in
// and out.
//
// A step hangs if no call succeeds for the time limit. It is slow if calls go on succeeding, and is ended
// only after `slow_factor` times as long. A thread of its own looks after that, because a hung test cannot be
// trusted to reach any check. Time in which the whole process stood still (a suspended machine, SIGSTOP) does
// not count.
#pragma once

#include <string>
#include <string_view>

namespace handoff::conformance::watchdog {

inline constexpr unsigned slow_factor = 18;

void set_time_limit(unsigned seconds);

// A test begins, or a step of it. The limits begin anew.
void begin(const std::string& test);
void begin_step(const std::string& step);
void end();

// The limits begin anew: for a test that bounds its own waiting.
void still_waiting();

// Ends the process, with all that is known.
[[noreturn]] void abort_run(std::string_view what);

}  // namespace handoff::conformance::watchdog
