// All attempts of a document over HTTP, as the policy has them, and the book that is kept of those that
// failed.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "attempt.hpp"
#include "downloads/job/network.hpp"

namespace handoff {

struct failed_attempt {
    std::uint64_t document;
    unsigned attempt;
    attempt_end end;
};

// What all attempts of a run have come to.
struct attempt_book {
    std::vector<failed_attempt> failed;
    std::uint64_t requests = 0;  // that have reached a server
    std::uint64_t connections = 0;
};

class shared_book {
public:
    void note(std::uint64_t document, unsigned attempt, const attempt_end& end) {
        const std::scoped_lock lock(mutex_);
        if (end.failure != http_failure::none) book_.failed.push_back({document, attempt, end});
        if (end.failure != http_failure::unreachable) book_.requests += end.requests;
        book_.connections += end.connections;
    }

    attempt_book read() const {
        const std::scoped_lock lock(mutex_);
        return book_;
    }

private:
    mutable std::mutex mutex_;
    attempt_book book_;  // guarded by it
};

class retries {
public:
    retries(const document& d, const network_spec& network, shared_book& book)
        : document_(&d), network_(&network), book_(&book) {}

    const document& what() const { return *document_; }
    // The attempt that is next, counted from 0.
    unsigned attempt() const { return made_; }

    // After an attempt: the pause before the next; nothing if there is to be none.
    std::optional<std::chrono::nanoseconds> after(const attempt_end& end) {
        book_->note(document_->id, made_, end);
        ++made_;
        if (end.failure == http_failure::none) return ended(fetch_status::arrived);
        if (is_final(end)) return ended(fetch_status::refused);
        if (made_ == network_->retries.attempts) return ended(fetch_status::gave_up);
        return pause_after(*network_, *document_, made_ - 1);
    }

    fetch_end end() const { return {status_, made_}; }

private:
    // 4xx: the request is at fault, and will be the same (RFC 9110, 15.5).
    static bool is_final(const attempt_end& end) {
        return end.failure == http_failure::status && end.status / 100 == 4;
    }

    std::optional<std::chrono::nanoseconds> ended(fetch_status status) {
        status_ = status;
        return std::nullopt;
    }

    const document* document_;
    const network_spec* network_;
    shared_book* book_;
    unsigned made_ = 0;
    fetch_status status_ = fetch_status::gave_up;
};

}  // namespace handoff
