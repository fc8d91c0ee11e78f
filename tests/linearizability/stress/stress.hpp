// The stress of one implementation: bursts by all plans that fit, each judged by what the spec promises.
#pragma once

#include <chrono>
#include <string>

#include "any_counter.hpp"
#include "any_queue.hpp"
#include "stress/proof.hpp"

namespace handoff::linearizability {

// How long the bursts of all plans take, and then those in which threads are stopped. None: not at all.
struct time_for_bursts {
    std::chrono::milliseconds undisturbed{0};
    std::chrono::milliseconds with_stops{0};
};

struct stress_effort {
    std::string_view name;  // quick, deep
    time_for_bursts queue;
    time_for_bursts counter;
    bool use_stamps;
    std::uint64_t seed;
};

proof stress_queue(const conformance::queue_under_test& subject, const stress_effort& effort);
proof stress_counter(const conformance::counter_under_test& subject, const stress_effort& effort);

}  // namespace handoff::linearizability
