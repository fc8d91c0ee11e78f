// One download job: a list of documents, a simulated network, and the strategy that is measured on it.
#pragma once

#include <filesystem>

#include "downloads/job/run.hpp"
#include "harness/sample.hpp"

namespace handoff {

struct download_strategy_plan {
    run_settings settings{};
    strategy how{};
    list_spec list{};
    std::filesystem::path trace{};   // where it is given, the list is this file's
    std::filesystem::path stamps{};  // where it is given, this file will hold when what happened
    network_spec network{};          // its seed is that of the settings
    unsigned in_flight = 1;
    time_kind time = time_kind::real;
    const transport_maker* transport = nullptr;  // none: the simulated network
};

// Threads belong to the strategy, so they are not pinned, whatever the settings say of the placement.
outcome run_download_strategy(const download_strategy_plan& plan);

}  // namespace handoff
