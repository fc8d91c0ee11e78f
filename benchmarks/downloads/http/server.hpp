// A real HTTP server for the list of documents: each after its latency, over a link with a bandwidth, at its
// own rate, and with the accidents that it is to meet. One thread, which waits for all.
// What it is asked for is a request_target.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "accidents.hpp"
#include "downloads/job/network.hpp"

namespace handoff {

struct server_options {
    std::vector<document> documents;
    network_spec network;
    accident_spec accidents;
    std::chrono::milliseconds trickle{50};
};

// Serves on a free port of 127.0.0.1, which `listening` is told, until standard input is at its end. Returns
// how many requests there were.
std::uint64_t serve(const server_options& options, const std::function<void(std::uint16_t)>& listening);

}  // namespace handoff
