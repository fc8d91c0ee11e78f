// What every test of the suite stands on: registration under the implementation's name, a seed that repeats a
// run, and the steps that the watchdog names (watchdog.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace handoff::conformance {

// Registers the test `suite.name` with GoogleTest.
void add_test(std::string_view suite, std::string_view name, std::function<void()> body);

// The seed of the whole run. Each test draws from its own sequence, derived from this seed and the test's
// name, so that a single test repeats under --gtest_filter.
void set_seed(std::uint64_t seed);
std::uint64_t seed();

// A number in [0, bound). Only for the thread that runs the test.
std::uint64_t random_below(std::uint64_t bound);

// `count` in a plain build; less under a sanitizer, but never less than `at_least`.
std::size_t scaled(std::size_t count, std::size_t at_least = 1);

// For the watchdog alone, by any thread: a shorter step than that which a `doing` names. The limit begins
// anew.
void now_doing(std::string what);

// Ends the process: used where other threads may wait for ever for the one that failed.
[[noreturn]] void die(std::string_view what);

// While one lives, failures and the watchdog say what the test was doing.
class doing {
public:
    explicit doing(std::string what);
    doing(const doing&) = delete;
    doing& operator=(const doing&) = delete;
    ~doing();

private:
    struct trace;
    trace* trace_;
};

}  // namespace handoff::conformance
