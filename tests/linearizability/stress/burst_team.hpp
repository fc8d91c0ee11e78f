// Threads that run burst after burst together: what is done between bursts, and in which order, for queues
// and counters alike. In some plans one or two threads of a burst are stopped, each by its own timer at a
// random instruction of a call, while the others go on. Only calls are stopped, so that nobody is who
// prepares or judges. A stop may lie in the allocator, unlike those of tests/progress: it may hold up the
// others, on which no verdict depends here, and who releases the thread needs no memory.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "random_stops.hpp"
#include "steps.hpp"
#include "stress/burst.hpp"
#include "stress/meeting.hpp"
#include "stress/step_aim.hpp"
#include "stress/stop_aim.hpp"

namespace handoff::linearizability {

struct team_plan {
    unsigned threads = 2;
    stamping stamps = stamping::on;
    unsigned most_cpus = 1;
    bool with_stops = false;

    // ", on 1 CPU, with threads stopped": what is to be told of it beyond the threads.
    std::string describe() const;
};

// Of a burst on a queue of its own, made for it: where its indices begin, and after how many pushes, and as
// many pops, they pass one of the limits at which they may wrap.
struct index_start {
    std::uint64_t first;
    std::uint64_t steps;
};
// ", first index 4294967294", or nothing.
std::string describe(const std::optional<index_start>& start);

class burst_team {
public:
    burst_team(const burst_team&) = delete;
    burst_team& operator=(const burst_team&) = delete;
    virtual ~burst_team() = default;

    // Burst after burst, until `judge` says false of one.
    void run(const std::function<bool(const burst_record&)>& judge);

    // For the judge: how often threads were stopped inside a call, during the burst and in all.
    std::uint64_t stops_in_burst() const { return stops() - stops_before_; }
    std::uint64_t stops() const { return stops_ ? stops_->stops() : 0; }
    // For the judge, of the burst.
    virtual std::optional<index_start> start() const { return std::nullopt; }

protected:
    // `cpus`: thread i is pinned to the one at i, counted round, among the first of those that the plan may
    // use.
    burst_team(const team_plan& plan, const std::vector<int>& cpus, std::uint64_t seed);

    // Alone, by thread 0, before and after each burst. finish puts what was called alone into the record.
    virtual void prepare() = 0;
    virtual void finish(burst_record& record) = 0;
    // By every thread at once. Whatever is not to be recorded comes before meet(), and pass_time() and call()
    // are around the calls.
    virtual void burst(unsigned self, recorder& record, call_pace& pace) = 0;

    void meet(unsigned self, call_pace& pace) {
        if (!stops_ || !pace.is_to_be_stopped()) return meeting_.meet();
        if (pace.stops_by_steps()) {
            step_aims_[self].set(pace.any_number());
            return meeting_.meet();
        }
        aims_[self].set(stops_->thread(self), pace.any_number());
        meeting_.meet();
        aims_[self].calls_begin(stops_->thread(self).is_stop_due());
    }
    // Between two calls.
    void pass_time(call_pace& pace) {
        pace.wait();
        if (stops_ && pace.waits_for_release()) wait_until_nobody_is_stopped();
    }
    // The innermost part of what is recorded, so that a stop inside it is one inside the operation.
    template <class Call>
    auto call(unsigned self, Call made) {
        if (!stops_) return made();
        stalls::target& here = stops_->thread(self);
        step_aim& steps = step_aims_[self];
        const bool stops_now = steps.comes_in_this_call();
        const std::uint64_t stops_before = here.stops();
        here.enter(0);
        if (stops_now) stalls::stop_after(steps.instructions());
        const auto result = made();
        if (stops_now) stalls::step_no_further();
        here.leave();
        if (stops_now) steps.has_come(here.stops() > stops_before);
        return result;
    }

    const burst_draw& draw() const { return draw_; }
    burst_dice& dice() { return dice_; }

private:
    void member(unsigned self);
    void run_bursts(unsigned self);
    static void wait_until_nobody_is_stopped();
    bool crowded() const { return recorders_.size() > cpus_.size(); }
    unsigned threads() const { return static_cast<unsigned>(recorders_.size()); }

    const std::vector<int> cpus_;
    std::vector<recorder> recorders_;  // one per thread
    meeting meeting_;
    burst_dice dice_;
    std::optional<stalls::random_stops> stops_;
    std::vector<stop_aim> aims_;       // one per thread
    std::vector<step_aim> step_aims_;  // one per thread
    const std::uint64_t steps_seed_;
    // Written by thread 0 between bursts.
    burst_draw draw_;
    bool over_ = false;
    std::uint64_t stops_before_ = 0;
    const std::function<bool(const burst_record&)>* judge_ = nullptr;
};

}  // namespace handoff::linearizability
