// The frame of a sample that another program takes, in whatever language: places its threads, and takes
// yardstick, canary, steal and clock before and after, as every sample here has them. Prints which CPUs it
// has chosen, waits for a line on standard input, which says that the measurement has ended, and prints the
// figures.
#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/machine/clock.hpp"
#include "harness/sample.hpp"
#include "workloads/cases/exit_code.hpp"

namespace handoff {
namespace {

using nlohmann::ordered_json;

struct request {
    run_settings settings;
    unsigned threads = 2;
};

void let_measure(const std::vector<int>& cpus) {
    const ordered_json opened = {{"cpus", cpus}, {"oversubscribed", is_oversubscribed(cpus)}};
    std::cout << opened.dump() << std::endl;
    std::string line;
    if (!std::getline(std::cin, line)) throw std::runtime_error("the program that measures has gone");
}

ordered_json framed(const request& asked) {
    const outcome result = take_job_sample(asked.settings, asked.threads, [&](const std::vector<int>& cpus) {
        let_measure(cpus);
        return outcome{};
    });
    ordered_json values = ordered_json::object();
    for (const auto& [name, value] : result.values) values[name] = value;
    return {{"error", result.error}, {"figures", values}};
}

void add_options(CLI::App& app, request& asked) {
    app.add_option("--placement", asked.settings.placement, "compact, scatter, none or cpus:LIST");
    app.add_option("--threads", asked.threads, "how many the other program has")
        ->check(CLI::Range(1, 100'000));
    app.add_option("--tsc_hz", asked.settings.tsc_hz,
                   "believe this time stamp counter frequency (0: calibrate)")
        ->check(CLI::NonNegativeNumber);
}

}  // namespace
}  // namespace handoff

int main(int argc, char** argv) {
    using namespace handoff;
    CLI::App app("handoff: bracket");
    request asked;
    add_options(app, asked);
    return exit_code_of(app, [&] {
        app.parse(argc, argv);
        harness_clock::calibrate(asked.settings.tsc_hz);
        std::cout << framed(asked).dump() << std::endl;
        return 0;
    });
}
