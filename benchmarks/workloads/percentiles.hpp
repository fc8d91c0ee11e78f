// The figures of a distribution.
#pragma once

#include <string>

#include "harness/latency.hpp"
#include "harness/sample.hpp"

namespace handoff {

// p50, p90, p99, p99.9 and the exact maximum in ns, as `prefix`p50_ns and so on.
void add_percentiles(figures& values, const std::string& prefix, const latency_recorder& recorder);

}  // namespace handoff
