// The download server as a process of its own: started on a free port of the loopback interface, and gone
// when its parent is, or only the thread that started it, however that ends.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "accidents.hpp"
#include "downloads/job/list.hpp"
#include "downloads/processes/child_process.hpp"
#include "downloads/processes/descriptor.hpp"

namespace handoff {

struct served {
    const std::vector<document>& documents;
    double bytes_per_second = 0.0;  // of the link that all downloads share; 0: no limit
    accident_spec accidents{};
    std::chrono::milliseconds trickle{50};
};

// How the server ended, and how many requests it has had; or what is wrong with that.
struct server_end {
    std::uint64_t requests = 0;
    std::string error{};
};

class server_process {
public:
    // Returns when the server listens. Throws misuse if there is no such program, and runtime_error if it
    // does not come to listen.
    server_process(const std::filesystem::path& program, const served& what);
    server_process(const server_process&) = delete;
    server_process& operator=(const server_process&) = delete;
    ~server_process() { stop(); }

    std::uint16_t port() const { return port_; }
    pid_t pid() const { return process_.pid(); }

    // Ends it; a second time says the same.
    server_end stop();

private:
    child_process start(const std::filesystem::path& program, const served& what);
    // The number that follows this word at the beginning of what it prints next. Throws runtime_error.
    std::uint64_t told(const std::string& word);
    server_end ended();

    const std::string name_;
    // Its standard input, from which nothing ever comes: when this end is closed it ends.
    descriptor lifeline_;
    descriptor output_;
    std::string printed_;  // and not yet read
    child_process process_;
    std::uint16_t port_ = 0;
    std::optional<server_end> end_;
};

// `download_server` in the folder of the running program.
std::filesystem::path server_beside_this_program();

}  // namespace handoff
