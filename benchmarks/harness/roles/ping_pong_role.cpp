#include "ping_pong_role.hpp"

namespace handoff {

void add_percentiles(figures& values, const latency_recorder& recorder) {
    const auto ns = [](double t) { return harness_clock::ns(static_cast<ticks>(t)); };
    values.emplace_back("p50_ns", ns(recorder.percentile(0.50)));
    values.emplace_back("p90_ns", ns(recorder.percentile(0.90)));
    values.emplace_back("p99_ns", ns(recorder.percentile(0.99)));
    values.emplace_back("p99_9_ns", ns(recorder.percentile(0.999)));
    values.emplace_back("max_ns", ns(static_cast<double>(recorder.highest())));
    values.emplace_back("timer_floor_ns", harness_clock::floor_ns());
}

void add_times_per_thread(figures& values, const sample& s) {
    for (std::size_t i = 0; i < s.records.size(); ++i) {
        const thread_record& r = s.records[i];
        const ticks waiting = std::min(r.done.waiting, r.elapsed);
        const std::string suffix = "_s_" + std::to_string(i);
        values.emplace_back("active" + suffix, harness_clock::seconds(r.elapsed - waiting));
        values.emplace_back("waiting" + suffix, harness_clock::seconds(waiting));
    }
}

}  // namespace handoff
