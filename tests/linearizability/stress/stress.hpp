// The stress of one implementation: bursts by all plans that fit, each judged by what the spec promises.
#pragma once

#include <string>

#include "any_counter.hpp"
#include "any_queue.hpp"
#include "stress/proof.hpp"

namespace handoff::linearizability {

struct stress_effort {
    std::string_view name;  // quick, deep
    std::uint64_t queue_seconds;
    std::uint64_t counter_seconds;
    bool use_stamps;
    std::uint64_t seed;
};

proof stress_queue(const conformance::queue_under_test& subject, const stress_effort& effort);
proof stress_counter(const conformance::counter_under_test& subject, const stress_effort& effort);

}  // namespace handoff::linearizability
