#include "ping_pong_role.hpp"

namespace handoff {

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
