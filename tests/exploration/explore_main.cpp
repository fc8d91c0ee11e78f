// Explores the scenarios of our implementations, prints what was explored, and writes it as JSON.
//
//   explore                                      all scenarios, to the end within their bounds
//   explore --implementation vyukov_mpmc_ring --out build/release/proofs
//   explore --random 20000 --seed 1              random walks without bounds instead
//   explore --implementation … --scenario … --replay 0102 [--unbounded]     one execution, step by step
//   explore --mutation NAME                      with a fault switched on: must fail, and ends when it does
//
// Exit code 1: a scenario failed, or was not explored to the end. What is written: see docs/exploration.md.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "exploration/scenarios/registry.hpp"
#include "mutants/mutation.hpp"

namespace {

using namespace handoff::exploration;
using json = nlohmann::ordered_json;

constexpr int exit_failed = 1;
constexpr int exit_misuse = 2;

struct options {
    std::string implementation, scenario, replay, mutation;
    std::filesystem::path out;
    std::uint64_t random = 0;
    std::uint64_t seed = 0;
    std::uint64_t most = 5'000'000;
    bool list = false;
    bool unbounded = false;
};

struct explored {
    const scenario* what;
    exploration_result result;
    double seconds;
};

json limit(unsigned bound) {
    return bound == bounds::none ? json(nullptr) : json(bound);
}

json describe(const explored& e, const options& chosen) {
    const bounds limits = chosen.random > 0 ? bounds{} : e.what->limits;
    json entry = {{"scenario", e.what->name},
                  {"threads", e.what->threads},
                  {"mode", chosen.random > 0 ? "random" : "exhaustive"},
                  {"preemptions", limit(limits.preemptions)},
                  {"stale", limit(limits.stale)},
                  {"spurious", limit(limits.spurious)},
                  {"executions", e.result.executions},
                  {"steps", e.result.steps},
                  {"complete", e.result.is_complete},
                  {"seconds", e.seconds}};
    if (chosen.random > 0) entry["seed"] = chosen.seed;
    if (e.result.failed) {
        entry["failure"] = e.result.failed->what;
        entry["choices"] = e.result.failed->choices;
    }
    return entry;
}

// One file per implementation: exploration-NAME.json, or exploration-NAME-random.json.
void write(const std::vector<explored>& done, const options& chosen) {
    std::map<std::string, json> files;
    for (const explored& e : done) files[e.what->implementation].push_back(describe(e, chosen));
    std::filesystem::create_directories(chosen.out);
    for (const auto& [implementation, scenarios] : files) {
        const std::string ending = chosen.random > 0 ? "-random.json" : ".json";
        const auto path = chosen.out / ("exploration-" + implementation + ending);
        std::ofstream file(path);
        file << json{{"schema", "handoff-exploration-1"},
                     {"implementation", implementation},
                     {"scenarios", scenarios}}
                    .dump(1)
             << '\n';
        if (!file.flush()) throw std::runtime_error(path.string() + ": cannot be written");
    }
}

explored explore(const scenario& s, const options& chosen) {
    const auto start = std::chrono::steady_clock::now();
    exploration_result result = chosen.random > 0 ? explore_randomly(s.body, {}, chosen.seed, chosen.random)
                                                  : explore_all(s.body, s.limits, chosen.most);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    return {&s, std::move(result), took.count()};
}

void print(const explored& e, const options& chosen) {
    std::printf("%-24s %-44s %9llu executions %6.2f s%s\n", e.what->implementation.c_str(),
                e.what->name.c_str(), static_cast<unsigned long long>(e.result.executions), e.seconds,
                e.result.failed || e.result.is_complete || chosen.random > 0 ? "" : "  NOT ALL");
    if (!e.result.failed) return;
    const failure& f = *e.result.failed;
    std::printf("  FAILED: %s\n", f.what.c_str());
    for (const std::string& line : f.trace) std::printf("    %s\n", line.c_str());
    std::string mutation = chosen.mutation.empty() ? "" : " --mutation " + chosen.mutation;
    std::printf("  again: explore --implementation %s --scenario '%s' --replay %s%s%s\n",
                e.what->implementation.c_str(), e.what->name.c_str(), f.choices.c_str(),
                chosen.random > 0 ? " --unbounded" : "", mutation.c_str());
}

// What was found must be found again by its choices: a failure that cannot be repeated is the explorer's own.
void require_replay(const explored& e, const options& chosen) {
    const failure& found = *e.result.failed;
    const outcome again = replay(e.what->body, chosen.random > 0 ? bounds{} : e.what->limits, found.choices);
    if (again.failure == found.what && again.trace == found.trace) return;
    throw std::runtime_error(e.what->implementation + ": " + e.what->name + ": the replay ends with '" +
                             again.failure + "'");
}

int replay_one(const scenario& s, const options& chosen) {
    const outcome again = replay(s.body, chosen.unbounded ? bounds{} : s.limits, chosen.replay);
    for (const std::string& line : again.trace) std::printf("%s\n", line.c_str());
    std::printf("%s\n", again.failure.empty() ? "no failure" : again.failure.c_str());
    return again.failure.empty() ? 0 : exit_failed;
}

std::vector<const scenario*> select(const options& chosen) {
    std::vector<const scenario*> selected;
    for (const scenario& s : all_scenarios()) {
        if (!chosen.implementation.empty() && s.implementation != chosen.implementation) continue;
        if (!chosen.scenario.empty() && s.name != chosen.scenario) continue;
        selected.push_back(&s);
    }
    if (selected.empty())
        throw std::invalid_argument("no scenario '" + chosen.scenario + "' of '" + chosen.implementation +
                                    "'; --list names them");
    if (!chosen.replay.empty() && selected.size() != 1)
        throw std::invalid_argument(
            "--replay needs one scenario: name it by --implementation and --scenario");
    return selected;
}

int run(const options& chosen) {
    const auto selected = select(chosen);
    if (chosen.list) {
        for (const scenario* s : selected)
            std::printf("%s: %s\n", s->implementation.c_str(), s->name.c_str());
        return 0;
    }
    handoff::mutants::switch_on(chosen.mutation);
    if (!chosen.replay.empty()) return replay_one(*selected.front(), chosen);
    if (chosen.random > 0) std::printf("seed: --seed %llu\n", static_cast<unsigned long long>(chosen.seed));
    std::vector<explored> done;
    bool failed = false;
    for (const scenario* s : selected) {
        done.push_back(explore(*s, chosen));
        print(done.back(), chosen);
        if (done.back().result.failed) require_replay(done.back(), chosen);
        failed =
            failed || done.back().result.failed || !(done.back().result.is_complete || chosen.random > 0);
        if (failed && !chosen.mutation.empty()) break;
    }
    if (!chosen.mutation.empty() && !handoff::mutants::is_met)
        throw std::invalid_argument("--mutation " + chosen.mutation + ": no code that ran has this name");
    if (!chosen.out.empty()) write(done, chosen);
    return failed ? exit_failed : 0;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Explores what our implementations can do under the C++20 memory model.");
    options chosen;
    chosen.seed = std::random_device{}();
    app.add_option("--implementation", chosen.implementation, "Only this implementation's scenarios");
    app.add_option("--scenario", chosen.scenario, "Only the scenario of this name");
    app.add_option("--random", chosen.random, "How many random walks per scenario, without bounds");
    app.add_option("--seed", chosen.seed, "Of the random walks (default: a new one, printed)")
        ->envname("HANDOFF_SEED");
    app.add_option("--most", chosen.most, "Give up a scenario after this many executions");
    app.add_option("--replay", chosen.replay, "The choices of one execution, as a failure prints them");
    app.add_flag("--unbounded", chosen.unbounded, "The execution to replay was found by a random walk");
    app.add_option("--mutation", chosen.mutation, "Switch on this fault of tests/mutants/mutations.toml")
        ->envname("HANDOFF_MUTATION");
    app.add_option("--out", chosen.out, "Folder for the results as JSON");
    app.add_flag("--list", chosen.list, "Name the scenarios");
    try {
        app.parse(argc, argv);
        return run(chosen);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? 0 : exit_misuse;
    } catch (const std::invalid_argument& e) {
        std::fprintf(stderr, "explore: %s\n", e.what());
        return exit_misuse;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "explore: %s\n", e.what());
        return exit_failed;
    }
}
