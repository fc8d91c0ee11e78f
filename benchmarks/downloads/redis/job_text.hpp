// What is said in the queue: a job, so that any worker on any host can do it, and what came of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "downloads/job/run.hpp"

namespace handoff {

struct download_order {
    document what;
    network_spec network;  // without a link: no two hosts share one
};

std::string text_of(const download_order& order);
// Throws std::invalid_argument for a text that is none, as report_of does.
download_order order_of(std::string_view text);

struct download_report {
    fetched result;
    std::chrono::nanoseconds under_way;
    std::uint64_t worker;  // each takes one job after the other
};

std::string text_of(const download_report& report);
download_report report_of(std::string_view text);

// Jobs that end a worker.
inline constexpr std::string_view stop_job = "stop";

}  // namespace handoff
