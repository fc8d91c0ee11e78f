#include "percentiles.hpp"

namespace handoff {

void add_percentiles(figures& values, const std::string& prefix, const latency_recorder& recorder) {
    const auto add = [&](const char* name, double interval) {
        values.emplace_back(prefix + name, harness_clock::ns(static_cast<ticks>(interval)));
    };
    add("p50_ns", recorder.percentile(0.50));
    add("p90_ns", recorder.percentile(0.90));
    add("p99_ns", recorder.percentile(0.99));
    add("p99_9_ns", recorder.percentile(0.999));
    add("max_ns", static_cast<double>(recorder.highest()));
}

}  // namespace handoff
