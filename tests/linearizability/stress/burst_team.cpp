#include "stress/burst_team.hpp"

#include "harness/team.hpp"
#include "threads.hpp"

namespace handoff::linearizability {

burst_team::burst_team(unsigned threads, stamping stamps, const std::vector<int>& cpus, std::uint64_t seed)
    : cpus_(cpus), meeting_(threads, threads > cpus.size()), dice_(seed) {
    for (unsigned i = 0; i < threads; ++i) {
        recorders_.emplace_back(static_cast<std::uint16_t>(i), most_attempts, stamps);
    }
}

void burst_team::run(const std::function<bool(const burst_record&)>& judge) {
    judge_ = &judge;
    over_ = false;
    conformance::run_threads(threads(), [this](unsigned self) { member(self); });
}

// Thread 0 prepares and judges; the others wait for it.
void burst_team::member(unsigned self) {
    pin_this_thread(cpus_[self % cpus_.size()]);
    for (;;) {
        if (self == 0 && !over_) {
            draw_ = dice_.draw(threads(), crowded());
            prepare();
        }
        meet();
        if (over_) return;
        recorders_[self].clear();
        call_pace pace(draw_, self);
        burst(self, recorders_[self], pace);
        meet();
        if (self != 0) continue;
        burst_record record;
        for (const recorder& one : recorders_) append(record.during, one.calls());
        finish(record);
        over_ = !(*judge_)(record);
    }
}

}  // namespace handoff::linearizability
