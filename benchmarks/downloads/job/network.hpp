// The simulated network: what a document's way through it is waiting for. It only says until when; who waits,
// and how, is the business of the run.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "list.hpp"

namespace handoff {

// Since the job began, real or virtual.
using job_time = std::chrono::nanoseconds;

// A failed attempt is repeated after a pause drawn evenly between nothing and a bound that doubles from
// attempt to attempt ("full jitter": Brooker, "Exponential backoff and jitter", AWS Architecture Blog, 2015).
struct retry_policy {
    unsigned attempts = 5;
    std::chrono::nanoseconds first_bound = std::chrono::milliseconds(10);
    std::chrono::nanoseconds highest_bound = std::chrono::seconds(1);
};

struct network_spec {
    double bytes_per_second = 0.0;  // of the link that all downloads share; 0: no limit
    retry_policy retries{};
    std::uint64_t seed = 1;  // of the pauses
};

//   arrived  the document is here
//   gave_up  as many attempts failed as there may be
//   refused  it can never be had
enum class fetch_status { arrived, gave_up, refused };

// The end of a document's way. It follows from the list alone, so that it can be verified.
struct fetch_end {
    fetch_status status;
    unsigned attempts;
    friend bool operator==(const fetch_end&, const fetch_end&) = default;
};
fetch_end expected_end(const document& d, const retry_policy& retries);

// The pause after a document's failed attempt, counted from 0: the same in every run with this seed.
std::chrono::nanoseconds pause_after(const network_spec& spec, const document& d, unsigned attempt);

// How long a document is under way at least: attempts, pauses, and its transfer at its own rate, if nobody
// else is on the link.
std::chrono::nanoseconds time_under_way(const network_spec& spec, const document& d);

class simulated_network {
public:
    explicit simulated_network(const network_spec& spec);

    const network_spec& spec() const { return spec_; }

    // When the last of these bytes has come, if their transfer begins now. Transfers follow one another:
    // the sum of what they take is that of any fair link.
    job_time transfer(job_time now, std::size_t bytes);

    // When all of a document is here, if its transfer begins now: it takes its share of the link, and its own
    // way at the same time.
    job_time arrival(job_time now, const document& d);

private:
    using shared_time = std::atomic<std::int64_t>;
    static_assert(shared_time::is_always_lock_free);  // so that it may be shared with other processes
    struct unmap {
        void operator()(shared_time* page) const;
    };

    const network_spec spec_;
    // When the link is free. In memory that processes forked from this one share with it: there is one link.
    std::unique_ptr<shared_time, unmap> link_free_;
};

// One document's way, step by step.
class simulated_fetch {
public:
    simulated_fetch(const document& d, simulated_network& network) : document_(&d), network_(&network) {}

    // The next time to wait for; nothing when the way is at its end.
    std::optional<job_time> next(job_time now);

    fetch_end end() const { return {status_, attempts_}; }

private:
    enum class stage { request, answer, transfer };

    std::optional<job_time> answered(job_time now);
    std::optional<job_time> ended(fetch_status status);

    const document* document_;
    simulated_network* network_;
    stage stage_ = stage::request;
    unsigned attempts_ = 0;
    fetch_status status_ = fetch_status::gave_up;
};

}  // namespace handoff
