// Runs the tests in a process of its own, so that a test which ends its process, by a crash or because it
// hangs, does not take the tests behind it along: they run in a new one.
#pragma once

#include <functional>

namespace handoff::conformance {

// `run` runs the tests that GoogleTest's filter names, and returns what main is to return. It is called in a
// child process, again after each test that has ended its process, with a filter that leaves this and those
// before it out; `failed_before` says how many have. With --gtest_break_on_failure, which is for a debugger,
// it is called in this process.
int supervised(const std::function<int(unsigned failed_before)>& run);

}  // namespace handoff::conformance
