#include "stress/stress.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <iterator>
#include <optional>
#include <vector>

#include "checkers/counter_checker.hpp"
#include "checkers/diagram.hpp"
#include "checkers/queue_checker.hpp"
#include "harness/machine/topology.hpp"
#include "session.hpp"
#include "stress/counter_bursts.hpp"
#include "stress/queue_bursts.hpp"

namespace handoff::linearizability {
namespace {

// Four threads at most, so more CPUs are not used, and their clocks need not agree.
constexpr unsigned most_threads = 4;
// Of a plan, however little time there is: enough for the faulty controls, which do wrong at item 1,000.
constexpr std::uint64_t least_calls = 5'000;
// A burst needs a few hundred; a long one in which the search loses its way is left undecided.
constexpr std::size_t most_configurations = 50'000;
// Of one plan in a row, about.
constexpr std::chrono::milliseconds longest_share{500};
// Where no thread has been stopped yet, the search for it goes on for up to so many times as long.
constexpr int longer_search = 20;

std::vector<int> cpus_to_use() {
    const topology machine = topology::detect();
    const auto count = std::min<std::size_t>(machine.cpus().size(), most_threads);
    return machine.place("compact", static_cast<unsigned>(count));
}

stamp_check stamps_to_use(const std::vector<int>& cpus, const stress_effort& effort) {
    if (!effort.use_stamps) return {.why = "stamps were switched off by HANDOFF_STAMPS"};
    return check_stamps(cpus);
}

// One plan's share of the time, however many calls it takes.
class time_share {
public:
    time_share(std::chrono::milliseconds share, bool with_stops)
        : end_(clock::now() + share), last_end_(end_ + longer_search * share), with_stops_(with_stops) {}
    bool goes_on(std::size_t calls, bool was_stopped) {
        calls_ += calls;
        const bool is_missing = with_stops_ ? !was_stopped : calls_ < least_calls;
        const bool searches_on = is_missing && (!with_stops_ || clock::now() < last_end_);
        return searches_on || clock::now() < end_;
    }

private:
    using clock = std::chrono::steady_clock;

    const clock::time_point end_;
    const clock::time_point last_end_;
    const bool with_stops_;
    std::uint64_t calls_ = 0;
};

// The plans that are run, in order: without stops, unless there is no time for them; then, if there is, again
// with stops, with stamps where they are trusted. Here and there on fewer CPUs, so that more threads than
// CPUs meet on a large machine, too. Where there is much time, all of them again and again, so that no plan
// that cannot show a fault keeps those that can waiting.
template <class Plan>
std::vector<Plan> plans_in(const time_for_bursts& time, const std::vector<Plan>& fitting) {
    std::vector<Plan> plans;
    if (time.undisturbed.count() > 0) plans = fitting;
    if (time.with_stops.count() > 0) {
        for (Plan plan : fitting) {
            if (plan.stamps != fitting.front().stamps) continue;
            plan.with_stops = true;
            plans.push_back(plan);
        }
    }
    const auto rounds = std::max<std::chrono::milliseconds::rep>(
        1, (time.undisturbed + time.with_stops) / longest_share /
               static_cast<std::int64_t>(std::max<std::size_t>(1, plans.size())));
    const std::vector<Plan> one_round = plans;
    for (std::int64_t round = 1; round < rounds; ++round)
        plans.insert(plans.end(), one_round.begin(), one_round.end());
    constexpr unsigned in_turn[] = {most_threads, 2, most_threads, most_threads, 1, 2};
    std::size_t turn = conformance::random_below(std::size(in_turn));
    for (Plan& plan : plans) plan.most_cpus = in_turn[turn++ % std::size(in_turn)];
    return plans;
}

template <class Plan>
std::chrono::milliseconds share_of(const Plan& plan, const std::vector<Plan>& plans,
                                   const time_for_bursts& time) {
    const auto alike = std::count_if(plans.begin(), plans.end(),
                                     [&](const Plan& one) { return one.with_stops == plan.with_stops; });
    return (plan.with_stops ? time.with_stops : time.undisturbed) / alike;
}

// Whether the pushes have come to the limit before which the indices began; what was pushed is popped at
// last.
bool has_wrapped(const std::optional<index_start>& start, const history& calls) {
    if (!start) return false;
    const auto pushed = std::count_if(
        calls.begin(), calls.end(), [](const operation& o) { return o.what == call::push && o.succeeded(); });
    return static_cast<std::uint64_t>(pushed) >= start->steps;
}

// Says of a burst, and of all its calls, whether they keep the promise.
using judge_of_bursts = std::function<queue_verdict(const burst_record& burst, const history& calls)>;

// Runs `bursts` and judges each; false if one was broken.
bool run_plan(burst_team& bursts, const team_plan& plan, time_share time, proof& shown,
              const std::string& what, const judge_of_bursts& judge) {
    const conformance::doing doing_what(what);
    const bool with_stamps = plan.stamps == stamping::on;
    bursts.run([&](const burst_record& burst) {
        const history calls = burst.all();
        shown.counts.count(calls, with_stamps);
        const queue_verdict verdict = judge(burst, calls);
        const std::uint64_t decided = with_stamps && verdict.exact ? calls.size() : 0;
        shown.counts.decided += decided;
        shown.counts.excused += verdict.excused;
        shown.counts.overtaken = std::max<std::uint64_t>(shown.counts.overtaken, verdict.overtaken);
        if (bursts.stops_in_burst() > 0) shown.stopped.count(calls.size(), decided);
        if (has_wrapped(bursts.start(), calls)) shown.wrapped.count(calls.size(), decided);
        if (verdict.broken)
            shown.broken = report(*verdict.broken) + "  in bursts of " + what + describe(bursts.start()) +
                           (with_stamps ? "\n" : ", so the numbers are no times\n");
        const bool was_stopped = shown.stopped.stops + bursts.stops() > 0;
        return !verdict.broken && time.goes_on(calls.size(), was_stopped);
    });
    shown.stopped.stops += bursts.stops();
    return shown.holds();
}

// Runs the plans that `plans_if` returns for clocks that are trusted, or not. A violation that rests on
// stamps counts only if the clocks still agree afterwards.
template <class Plans, class Run>
void run_plans(const Plans& plans_if, const std::vector<int>& cpus, proof& shown, const Run& run) {
    const auto plans = plans_if(shown.stamps.trusted);
    const auto broken =
        std::find_if(plans.begin(), plans.end(), [&](const auto& plan) { return !run(plan, plans); });
    if (broken != plans.end() && broken->stamps == stamping::off) return;
    if (!shown.stamps.trusted) return;
    const stamp_check after = check_stamps(cpus);
    if (after.trusted) return;
    shown.stamps = after;
    shown.broken.clear();
    shown.counts = {};
    shown.stopped = {};
    shown.wrapped = {};
    const auto without_stamps = plans_if(false);
    for (const auto& plan : without_stamps) {
        if (!run(plan, without_stamps)) return;
    }
}

std::uint64_t seconds(const time_for_bursts& time) {
    return static_cast<std::uint64_t>((time.undisturbed + time.with_stops).count()) / 1000;
}

}  // namespace

proof stress_queue(const conformance::queue_under_test& subject, const stress_effort& effort) {
    const queue_spec& spec = *subject.spec;
    queue_promise promise{
        .delivery = spec.delivery, .failure = spec.failure, .most_overtaken = spec.most_overtaken};
    if (subject.bounded() && subject.has_capacity) promise.capacity = 1;
    proof shown{.name = subject.registered_name, .kind = "queue", .effort = effort.name, .seed = effort.seed};
    if (!spec.conserves) return shown;
    shown.checker = checker_of(promise);
    if (spec.delivery == order::k_relaxed) shown.most_overtaken = spec.most_overtaken;
    shown.seconds = seconds(effort.queue);
    const std::vector<int> cpus = cpus_to_use();
    shown.stamps = stamps_to_use(cpus, effort);
    const auto plans_if = [&](bool trusted) { return plans_in(effort.queue, queue_plans(subject, trusted)); };
    run_plans(plans_if, cpus, shown, [&](const queue_plan& plan, const std::vector<queue_plan>& plans) {
        queue_bursts bursts(subject, plan, cpus, conformance::random_below(~std::uint64_t{0}));
        if (promise.capacity) promise.capacity = bursts.capacity();
        const time_share time(share_of(plan, plans, effort.queue), plan.with_stops);
        return run_plan(bursts, plan, time, shown, describe(plan),
                        [&](const burst_record& burst, const history& calls) {
                            if (plan.stamps == stamping::on)
                                return check_queue(calls, promise, most_configurations);
                            return queue_verdict{.broken = check_without_stamps(burst, promise)};
                        });
    });
    return shown;
}

proof stress_counter(const conformance::counter_under_test& subject, const stress_effort& effort) {
    const read_guarantee promise = subject.spec->value;
    proof shown{
        .name = subject.registered_name, .kind = "counter", .effort = effort.name, .seed = effort.seed};
    shown.checker = checker_of(promise);
    shown.seconds = seconds(effort.counter);
    const std::vector<int> cpus = cpus_to_use();
    shown.stamps = stamps_to_use(cpus, effort);
    const auto plans_if = [&](bool trusted) { return plans_in(effort.counter, counter_plans(trusted)); };
    run_plans(plans_if, cpus, shown, [&](const team_plan& plan, const std::vector<team_plan>& plans) {
        counter_bursts bursts(subject, plan, cpus, conformance::random_below(~std::uint64_t{0}));
        const time_share time(share_of(plan, plans, effort.counter), plan.with_stops);
        return run_plan(bursts, plan, time, shown, describe(plan),
                        [&](const burst_record& burst, const history& calls) {
                            if (plan.stamps == stamping::on)
                                return queue_verdict{.broken = check_counter(calls, promise), .exact = true};
                            return queue_verdict{.broken = check_counter_without_stamps(burst, promise)};
                        });
    });
    return shown;
}

}  // namespace handoff::linearizability
