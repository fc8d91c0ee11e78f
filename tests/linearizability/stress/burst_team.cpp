#include "stress/burst_team.hpp"

#include <algorithm>

#include "harness/machine/team.hpp"
#include "threads.hpp"

namespace handoff::linearizability {
namespace {

// Most stops are short, as bursts are: up to 650 us.
constexpr unsigned doublings = 6;

std::vector<int> first_of(const std::vector<int>& cpus, unsigned most) {
    const auto count = std::min<std::size_t>(cpus.size(), most);
    return {cpus.begin(), cpus.begin() + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace

std::string team_plan::describe() const {
    std::string text = stamps == stamping::on ? "" : ", without stamps";
    if (most_cpus < threads)
        text += ", on " + std::to_string(most_cpus) + (most_cpus == 1 ? " CPU" : " CPUs");
    return text + (with_stops ? ", with threads stopped" : "");
}

std::string describe(const std::optional<index_start>& start) {
    return start ? ", first index " + std::to_string(start->first) : "";
}

burst_team::burst_team(const team_plan& plan, const std::vector<int>& cpus, std::uint64_t seed)
    : cpus_(first_of(cpus, plan.most_cpus)),
      meeting_(plan.threads, plan.threads > cpus_.size()),
      dice_(seed),
      aims_(plan.threads),
      step_aims_(plan.threads),
      steps_seed_(seed) {
    for (unsigned i = 0; i < plan.threads; ++i) {
        recorders_.emplace_back(static_cast<std::uint16_t>(i), most_attempts, plan.stamps);
    }
    if (plan.with_stops) stops_.emplace(plan.threads, doublings);
}

void burst_team::run(const std::function<bool(const burst_record&)>& judge) {
    judge_ = &judge;
    over_ = false;
    conformance::run_threads(
        threads(), [this](unsigned self) { member(self); },
        [this] {
            if (stops_) stops_->release_until_all_have_ended();
        });
}

void burst_team::member(unsigned self) {
    pin_this_thread(cpus_[self % cpus_.size()]);
    if (!stops_) {
        run_bursts(self);
    } else {
        const stalls::target::presence here(stops_->thread(self));
        const stalls::steps_of_this_thread steps(steps_seed_ + self);
        run_bursts(self);
    }
}

// Thread 0 prepares and judges; the others wait for it.
void burst_team::run_bursts(unsigned self) {
    for (;;) {
        if (self == 0 && !over_) {
            draw_ = dice_.draw(threads(), crowded(), stops_.has_value());
            prepare();
            stops_before_ = stops();
        }
        meeting_.meet();
        if (over_) return;
        recorders_[self].clear();
        call_pace pace(draw_, self);
        burst(self, recorders_[self], pace);
        if (stops_ && pace.is_to_be_stopped() && !pace.stops_by_steps()) {
            aims_[self].calls_end(stops_->thread(self).is_stop_due());
        }
        step_aims_[self].clear();
        meeting_.meet();
        if (self != 0) continue;
        burst_record record;
        for (const recorder& one : recorders_) append(record.during, one.calls());
        finish(record);
        over_ = !(*judge_)(record);
    }
}

void burst_team::wait_until_nobody_is_stopped() {
    while (stalls::is_anybody_stopped()) std::this_thread::yield();
}

}  // namespace handoff::linearizability
