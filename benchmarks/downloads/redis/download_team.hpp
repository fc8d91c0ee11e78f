// The side that has the documents: puts them into the queue, keeps worker processes running, and collects
// what came of each document.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "downloads/processes/child_process.hpp"
#include "job_queue.hpp"
#include "job_text.hpp"
#include "worker.hpp"

namespace handoff {

struct team_settings {
    redis_url server{};
    std::string queue = "downloads";
    unsigned workers = 1;            // processes that it starts
    unsigned elsewhere = 0;          // workers that join by themselves, on any host
    bool restarts = false;           // a worker that has died is replaced; otherwise that is an error
    std::filesystem::path folder{};  // where documents are saved; empty: they are not
    queue_policy policy{};
    std::vector<std::string> worker_options{};  // of those that it starts at first
    std::vector<std::string> later_options{};   // of those that replace them
};

class download_team {
public:
    // Starts the workers and returns when all are there. Throws std::runtime_error if they do not come.
    explicit download_team(const team_settings& settings);

    // Puts all documents into the queue and hands in what comes of them, each once, until all have an end.
    // `meanwhile` is called now and then. Throws std::runtime_error if a worker dies that is not replaced.
    void run(
        std::span<const document> documents, const network_spec& network,
        const std::function<void(const download_report&)>& hand_in,
        const std::function<void()>& meanwhile = [] {});

    // Ends the workers. What the dead have left half done is removed, so the files are those of the documents
    // that are not on the failed list.
    void end();

    // Documents on the failed list, and why they are there.
    std::map<std::uint64_t, std::string> failed();

    job_queue& queue() { return queue_; }
    std::vector<child_process>& workers() { return workers_; }
    unsigned restarts() const { return started_ - settings_.workers; }

private:
    void start_worker(const std::vector<std::string>& options);
    void await_workers();
    void look_after_workers();

    const team_settings settings_;
    job_queue queue_;
    std::vector<child_process> workers_;
    unsigned started_ = 0;
};

}  // namespace handoff
