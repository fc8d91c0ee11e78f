// The simulated I/O-bound job: a seeded list of documents that take time to arrive, and a store that keeps
// them as real files. It knows nothing of queues.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

namespace handoff {

struct document {
    std::uint64_t id;
    std::chrono::nanoseconds latency;  // from the request to the last byte
    std::size_t bytes;
};

// Latencies are log-normal with a median of 4 ms and sigma 0.5, sizes log-normal with a median of 8 KiB and
// sigma 1: web objects are roughly so (Downey, "Evidence for long-tailed distributions in the internet", IMW
// 2001; the scale is ours, small enough for a quick campaign). The same seed gives the same list.
std::vector<document> make_documents(std::size_t count, std::uint64_t seed);

// The shortest makespan with `downloaders` at a time: nobody idle, or the longest document alone.
double ideal_seconds(const std::vector<document>& documents, unsigned downloaders);

// Waits as long as the document takes to arrive.
void simulate_download(const document& d);

// A folder of its own, removed at the end. Every document becomes a file whose name is claimed first.
class document_store {
public:
    // Throws std::system_error if the folder cannot be made (in TMPDIR, else /tmp).
    document_store();
    ~document_store();
    document_store(const document_store&) = delete;
    document_store& operator=(const document_store&) = delete;

    // Writes the document's file. A name that is already claimed, or a write that fails, is remembered as
    // this store's first error and the job goes on.
    void save(const document& d);

    // Empty if each document is there once and whole and nothing else is, else one line with what is wrong.
    std::string check(const std::vector<document>& documents) const;

private:
    bool claim(const std::string& name);
    void remember(const std::string& error);
    void write(const document& d, const std::filesystem::path& path) const;

    std::filesystem::path folder_;
    mutable std::mutex mutex_;  // guards the two below
    std::unordered_set<std::string> claimed_;
    std::string first_error_;
};

}  // namespace handoff
