#include "case_main.hpp"

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <set>
#include <span>

#include "exit_code.hpp"
#include "harness/machine/clock.hpp"
#include "harness/machine/errors.hpp"
#include "harness/machine/heap_gap.hpp"
#include "harness/machine/topology.hpp"

namespace handoff {
namespace {

// The worst that a case of this process has come to.
int worst_exit = 0;

std::string cpus_label(const std::vector<int>& cpus) {
    std::string text;
    for (const int cpu : cpus) text += (text.empty() ? "cpus:" : ",") + std::to_string(cpu);
    return text;
}

void fail(benchmark::State& state, int exit_code, const std::string& message) {
    worst_exit = std::max(worst_exit, exit_code);
    std::cerr << message << std::endl;
    state.SkipWithError(message.c_str());
}

void run_case(benchmark::State& state, const benchmark_case& one, const run_settings& settings) {
    for ([[maybe_unused]] const auto iteration : state) {
        try {
            const outcome result = one.run(settings);
            for (const auto& [name, value] : result.values) {
                state.counters[name] = value;
                if (name == "window_s") state.SetIterationTime(value);
            }
            state.SetLabel(cpus_label(result.cpus));
            if (!result.error.empty()) fail(state, exit_failed, result.error);
        } catch (const misuse& e) {
            fail(state, exit_misuse, e.what());
        } catch (const std::exception& e) {
            fail(state, exit_failed, std::string("failed: ") + e.what());
        }
    }
}

// Shows the headline figures only: a row must fit a terminal.
class short_console : public benchmark::ConsoleReporter {
public:
    short_console(const std::vector<std::string>& headline, bool coloured)
        : ConsoleReporter(coloured ? OO_ColorTabular : OO_Tabular),
          headline_(headline.begin(), headline.end()) {}

    void ReportRuns(const std::vector<Run>& runs) override {
        std::vector<Run> shortened = runs;
        for (Run& run : shortened)
            std::erase_if(run.counters, [this](const auto& c) { return !headline_.contains(c.first); });
        ConsoleReporter::ReportRuns(shortened);
    }

private:
    std::set<std::string> headline_;
};

// Google Benchmark's own listing takes time that grows with the square of the cases, so it is done here.
bool take_list_flag(int& argc, char** argv) {
    char** const end = std::remove_if(argv, argv + argc, [](std::string_view arg) {
        return arg == "--benchmark_list_tests" || arg == "--benchmark_list_tests=true";
    });
    const bool found = end != argv + argc;
    argc = static_cast<int>(end - argv);
    return found;
}

bool wants_machine_format(int argc, char** argv) {
    return std::any_of(argv, argv + argc, [](std::string_view arg) {
        return arg == "--benchmark_format=json" || arg == "--benchmark_format=csv";
    });
}

// As Google Benchmark decides it for its own reporter; a reporter that it is given has to decide for itself.
// Colours are for a terminal that knows them, whose user has not asked for none (https://no-color.org).
bool wants_colours(int argc, char** argv) {
    const auto variable = [](const char* name) {
        const char* const value = std::getenv(name);
        return std::string(value == nullptr ? "" : value);
    };
    std::string asked = variable("BENCHMARK_COLOR");
    const std::string flag = "--benchmark_color";
    for (const std::string_view arg : std::span(argv, static_cast<std::size_t>(argc))) {
        if (arg == flag) asked = "yes";
        if (arg.starts_with(flag + "=")) asked = arg.substr(flag.size() + 1);
    }
    if (!asked.empty() && asked != "auto")
        return asked != "false" && asked != "no" && asked != "off" && asked != "0";
    const std::string terminal = variable("TERM");
    return isatty(STDOUT_FILENO) == 1 && !terminal.empty() && terminal != "dumb" &&
           variable("NO_COLOR").empty();
}

// Every value of every part of the case names: what can be asked for.
std::string choices(const std::vector<benchmark_case>& cases) {
    std::set<std::string> implementations;
    std::map<std::string, std::set<std::string>> values;
    for (const benchmark_case& one : cases) {
        const std::vector<std::string> parts = CLI::detail::split(one.name, '/');
        implementations.insert(parts.at(1));
        for (std::size_t i = 2; i < parts.size(); ++i) {
            const auto colon = parts[i].find(':');
            values[parts[i].substr(0, colon)].insert(parts[i].substr(colon + 1));
        }
    }
    const auto list = [](const std::set<std::string>& all) {
        std::string text;
        for (const std::string& one : all) text += (text.empty() ? "" : ", ") + one;
        return text;
    };
    std::string text = "implementations: " + list(implementations);
    for (const auto& [key, all] : values) text += "; " + key + ": " + list(all);
    return text;
}

struct command_line {
    run_settings settings;
    double ramp_ms = 10.0;
    double window_ms = 50.0;
    std::size_t heap_gap = 0;
};

void add_options(CLI::App& app, command_line& line) {
    app.add_option("--placement", line.settings.placement, "compact, scatter, none or cpus:LIST");
    app.add_option("--ramp_ms", line.ramp_ms, "time before the window")->check(CLI::Range(0.0, 60'000.0));
    app.add_option("--window_ms", line.window_ms, "the measured window")->check(CLI::Range(1.0, 600'000.0));
    app.add_option("--tsc_hz", line.settings.tsc_hz,
                   "believe this time stamp counter frequency (0: calibrate)")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--heap_gap", line.heap_gap, "bytes to allocate first: moves the heap")
        ->check(CLI::Range(0, 1 << 30));
    app.add_option("--seed", line.settings.seed, "of what is random in a workload");
    app.footer(
        "Google Benchmark's own flags (--benchmark_filter, --benchmark_list_tests, ...) work as usual.");
}

std::chrono::milliseconds whole(double ms) {
    return std::chrono::milliseconds(static_cast<long>(ms));
}

// The cases that the filter selects; misuse if there is none, unless nothing is registered at all.
std::vector<benchmark_case> select(const wanted_cases& cases) {
    const std::string filter = benchmark::GetBenchmarkFilter();
    const std::vector<benchmark_case> wanted = cases(name_beginning(filter));
    std::vector<std::string> names;
    for (const benchmark_case& one : wanted) names.push_back(one.name);
    std::vector<benchmark_case> chosen;
    for (const std::size_t i : selected(names, filter)) chosen.push_back(wanted[i]);
    if (!chosen.empty()) return chosen;
    const std::vector<benchmark_case> all = cases(name_beginning());
    if (!all.empty())
        throw misuse("no case matches --benchmark_filter '" + filter + "'; valid are " + choices(all));
    return chosen;
}

int list_all(const std::vector<benchmark_case>& cases) {
    for (const benchmark_case& one : cases) std::cout << one.name << printed_suffix << '\n';
    return 0;
}

struct output_form {
    bool machine;  // JSON or CSV
    bool coloured;
};

int run_all(const command_line& line, output_form form, const std::vector<std::string>& headline,
            const std::vector<benchmark_case>& cases) {
    for (const benchmark_case& one : cases)
        benchmark::RegisterBenchmark(one.name.c_str(),
                                     [&](benchmark::State& state) { run_case(state, one, line.settings); })
            ->Iterations(1)
            ->UseManualTime();
    benchmark::AddCustomContext("handoff_placement", line.settings.placement);
    short_console console(headline, form.coloured);
    // Selected they are: the filter may hold for a case's own name, which Google Benchmark does not know.
    benchmark::RunSpecifiedBenchmarks(form.machine ? nullptr : &console, nullptr, "all");
    return worst_exit;
}

}  // namespace

int case_main(int argc, char** argv, const std::vector<std::string>& headline, const wanted_cases& cases,
              const std::vector<extra_option>& extra) {
    const output_form form{wants_machine_format(argc, argv), wants_colours(argc, argv)};
    const std::string program = argc > 0 ? argv[0] : "handoff";
    CLI::App app("handoff: " + program.substr(program.rfind('/') + 1));
    command_line line;
    add_options(app, line);
    for (const extra_option& one : extra) app.add_option(one.name, *one.value, one.text);
    return exit_code_of(app, [&] {
        // --help is ours: Google Benchmark's leaves out what is not its own.
        const bool help = std::any_of(argv, argv + argc, [](std::string_view a) { return a == "--help"; });
        const bool list = take_list_flag(argc, argv);
        if (!help) benchmark::Initialize(&argc, argv);
        app.parse(argc, argv);
        line.settings.ramp = whole(line.ramp_ms);
        line.settings.window = whole(line.window_ms);
        topology::detect().place(line.settings.placement, 1);
        const std::vector<benchmark_case> chosen = select(cases);
        if (list) return list_all(chosen);
        harness_clock::calibrate(line.settings.tsc_hz);
        const heap_gap gap(line.heap_gap);
        return run_all(line, form, headline, chosen);
    });
}

int case_main(int argc, char** argv, const std::vector<std::string>& headline, const all_cases& cases,
              const std::vector<extra_option>& extra) {
    return case_main(
        argc, argv, headline, [&cases](const name_beginning&) { return cases(); }, extra);
}

}  // namespace handoff
