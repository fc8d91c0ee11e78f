// Where the I/O-bound pipeline keeps its documents: real files in a folder of its own, which is removed at
// the end.
#pragma once

#include <mutex>
#include <span>
#include <string>

#include "downloads/job/list.hpp"
#include "downloads/processes/temporary_folder.hpp"
#include "file_saver.hpp"

namespace handoff {

class document_store {
public:
    // Thread-safe: a lock says who has a name. A name that is already taken, or a file that cannot be saved,
    // is remembered as this store's first error, and the job goes on.
    void save(const document& d);

    // Empty if each document is there once and whole and nothing else is, else one line with what is wrong.
    std::string check(std::span<const document> documents) const;

private:
    void remember(const std::string& error);

    temporary_folder folder_;
    file_saver saver_{folder_.path(), {.claim = claim_kind::lock}};
    mutable std::mutex mutex_;  // guards what follows
    std::string first_error_;
};

}  // namespace handoff
