// The I/O-bound pipeline's job: documents that take time to arrive, and a store that keeps them as real
// files. It knows nothing of queues.
#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "download_list.hpp"
#include "temporary_folder.hpp"

namespace handoff {

// The shortest makespan with `downloaders` at a time: nobody idle, or the longest document alone.
double ideal_seconds(const std::vector<document>& documents, unsigned downloaders);

// Waits as long as the document takes to arrive.
void simulate_download(const document& d);

// A folder of its own, removed at the end. Every document becomes a file whose name is claimed first.
class document_store {
public:
    // Writes the document's file. A name that is already claimed, or a write that fails, is remembered as
    // this store's first error and the job goes on.
    void save(const document& d);

    // Empty if each document is there once and whole and nothing else is, else one line with what is wrong.
    std::string check(const std::vector<document>& documents) const;

private:
    bool claim(const std::string& name);
    void remember(const std::string& error);
    void write(const document& d, const std::filesystem::path& path) const;

    temporary_folder folder_;
    mutable std::mutex mutex_;  // guards the two below
    std::unordered_set<std::string> claimed_;
    std::string first_error_;
};

}  // namespace handoff
