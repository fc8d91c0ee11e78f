#include "explore.hpp"

#include <span>
#include <stdexcept>

namespace handoff::exploration {
namespace {

// One for all explorations: its stacks and tables are used again.
execution& the_execution() {
    static execution one;
    return one;
}

// Counts an execution. False: it failed, and was run again for its trace.
bool take_in(exploration_result& result, outcome done, const scenario_body& body, const bounds& limits) {
    ++result.executions;
    result.steps += done.steps;
    if (done.failure.empty()) {
        if (!done.observed.empty()) result.observed.insert(std::move(done.observed));
        return true;
    }
    const std::string choices = choices_to_text(done.choices);
    outcome again = replay(body, limits, choices);
    if (again.failure != done.failure)
        throw std::logic_error("exploration: the scenario is not deterministic: first \"" + done.failure +
                               "\", again \"" + again.failure + "\"");
    result.failed = {std::move(done.failure), choices, std::move(again.trace), {}};
    return false;
}

}  // namespace

exploration_result explore_all(const scenario_body& body, const bounds& limits,
                               std::uint64_t most_executions) {
    exploration_result result;
    depth_first search;
    while (result.executions < most_executions) {
        if (!take_in(result, the_execution().run(body, search, limits, false), body, limits)) return result;
        if (!search.next()) {
            result.is_complete = true;
            return result;
        }
    }
    return result;
}

exploration_result explore_randomly(const scenario_body& body, const bounds& limits, std::uint64_t seed,
                                    std::uint64_t executions) {
    exploration_result result;
    for (std::uint64_t i = 0; i < executions; ++i) {
        random_walk walk(seed + i);
        if (!take_in(result, the_execution().run(body, walk, limits, false), body, limits)) {
            result.failed->seed = seed + i;
            return result;
        }
    }
    return result;
}

outcome replay(const scenario_body& body, const bounds& limits, const std::string& choices) {
    recorded path(choices_from_text(choices));
    return the_execution().run(body, path, limits, true);
}

void run_threads(std::initializer_list<std::function<void()>> work) {
    running().run_threads(std::span(work.begin(), work.size()));
}

}  // namespace handoff::exploration
