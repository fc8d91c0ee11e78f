// Documents over HTTP: a server of its own process on loopback, libcurl's handles, and the proof that each
// attempt ended as the list and its accidents have it.
#pragma once

#include <curl/curl.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "accidents.hpp"
#include "attempt.hpp"
#include "downloads/job/transport.hpp"
#include "retries.hpp"
#include "server_process.hpp"

namespace handoff {

struct http_setup {
    std::filesystem::path server = server_beside_this_program();
    accident_spec accidents{};  // its seed is the network's
    http_limits limits{};
    std::chrono::milliseconds trickle{50};  // between the bytes of what is trickled
};

class http_transport : public download_transport {
public:
    // Starts the server. What is given must outlive this.
    http_transport(const std::vector<document>& documents, const network_spec& network,
                   const http_setup& setup);

    fetch_end fetch(const document& d) override;
    std::unique_ptr<download_loop> loop() override;
    // Ends the server, and compares what it and its clients have seen with what the list says.
    std::string check() override;
    void add_figures(figures& values) const override;

    attempt_book book() const { return book_.read(); }
    const server_process& server() const { return server_; }

private:
    std::unique_ptr<http_attempt> take();
    void give_back(std::unique_ptr<http_attempt> handle);

    const std::vector<document>& documents_;
    const network_spec network_;
    const accident_spec accidents_;
    const http_limits limits_;
    server_process server_;
    const std::string origin_;
    shared_book book_;

    std::mutex mutex_;
    // Guarded by it: those that are not in use, with their connections. As many as ever were in use at once,
    // so that threads which come and go have warm ones.
    std::vector<std::unique_ptr<http_attempt>> idle_;
};

// Of a transport with this setup; each run has a server of its own.
transport_maker http_downloads(const http_setup& setup = {});

}  // namespace handoff
