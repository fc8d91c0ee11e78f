// The main of every workload's binary: Google Benchmark's flags and ours, the cases, the exit codes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "case_filter.hpp"
#include "harness/sample.hpp"

namespace handoff {

struct benchmark_case {
    std::string name;  // workload/implementation/key:value/…
    std::function<outcome(const run_settings&)> run;
};

// A case that runs a plan with the settings of the command line.
template <class Plan, std::invocable<const Plan&> Run>
benchmark_case planned(const std::string& name, const Run& run, const Plan& plan) {
    return {name, [run, plan](const run_settings& settings) {
                Plan now = plan;
                now.settings = settings;
                return run(now);
            }};
}

// Builds "workload/implementation/key:value/…".
class case_name {
public:
    case_name(std::string_view workload, std::string_view implementation) : text_(workload) {
        text_.append("/").append(implementation);
    }

    case_name& with(std::string_view key, std::string_view value) {
        text_.append("/").append(key).append(":").append(value);
        return *this;
    }
    case_name& with(std::string_view key, std::size_t value) { return with(key, std::to_string(value)); }

    std::string text() const { return text_; }

private:
    std::string text_;
};

// An option that only one workload has.
struct extra_option {
    std::string name;
    std::string text;
    std::string* value;
};

using all_cases = std::function<std::vector<benchmark_case>()>;
// May leave out those whose names begin otherwise.
using wanted_cases = std::function<std::vector<benchmark_case>(const name_beginning&)>;

// Runs the cases that the flags select. `headline` names the figures that the console shows; JSON has all.
// Returns the exit code: 0, 1 for a failed measurement, 2 for misuse.
int case_main(int argc, char** argv, const std::vector<std::string>& headline, const wanted_cases& cases,
              const std::vector<extra_option>& extra = {});
int case_main(int argc, char** argv, const std::vector<std::string>& headline, const all_cases& cases,
              const std::vector<extra_option>& extra = {});

}  // namespace handoff
