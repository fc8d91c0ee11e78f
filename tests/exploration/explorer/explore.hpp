// Explores a scenario: depth first through everything within the bounds, or at random beyond them. A scenario
// is a function that makes what it needs, runs threads on it (run_threads) and checks (require); it must do
// the same whenever the decisions are the same.
//
// What is explored: the interleavings of all operations on atomics, fences, mutexes, condition variables and
// futexes; what each load may read and each store may come before (memory.hpp, with the gaps that it names);
// compare-exchanges that fail for no reason; waits that end for no reason or time out. Found are failed
// checks; data races (shadow.hpp); use, destruction or freeing of what does not live or is still used; leaks;
// and executions that cannot go on.
//
// What is not: whatever lies outside of the seam (a std::deque's own pointers, a library's atomics); more
// than the bounds allow, unless by chance; progress under an unfair scheduler; the hardware.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "execution.hpp"

namespace handoff::exploration {

struct failure {
    std::string what;
    std::string choices;  // give them to replay()
    std::vector<std::string> trace;
    std::optional<std::uint64_t> seed;
};

struct exploration_result {
    std::uint64_t executions = 0;
    std::uint64_t steps = 0;
    bool is_complete = false;  // all executions within the bounds
    std::optional<failure> failed;
    std::set<std::vector<int>> observed;  // what observe() said, of each execution
};

using scenario_body = std::function<void()>;

// Stops at the first failure, or after this many executions.
exploration_result explore_all(const scenario_body& body, const bounds& limits,
                               std::uint64_t most_executions);
// Execution i is a random walk from seed + i.
exploration_result explore_randomly(const scenario_body& body, const bounds& limits, std::uint64_t seed,
                                    std::uint64_t executions);
// One execution again, with its trace. The bounds are those with which it was found.
outcome replay(const scenario_body& body, const bounds& limits, const std::string& choices);

// For scenarios.
void run_threads(std::initializer_list<std::function<void()>> work);
inline void observe(std::initializer_list<int> values) {
    running().observe(values);
}

}  // namespace handoff::exploration
