#include "stress/stress.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <vector>

#include "checkers/counter_checker.hpp"
#include "checkers/diagram.hpp"
#include "checkers/queue_checker.hpp"
#include "harness/topology.hpp"
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
    time_share(std::uint64_t seconds, std::size_t plans)
        : end_(std::chrono::steady_clock::now() +
               std::chrono::milliseconds(seconds * 1000 / std::max<std::size_t>(plans, 1))) {}
    bool goes_on(std::size_t calls) {
        calls_ += calls;
        return calls_ < least_calls || std::chrono::steady_clock::now() < end_;
    }

private:
    const std::chrono::steady_clock::time_point end_;
    std::uint64_t calls_ = 0;
};

// Says of a burst, and of all its calls, whether they keep the promise.
using judge_of_bursts = std::function<queue_verdict(const burst_record& burst, const history& calls)>;

// Runs `bursts` and judges each; false if one was broken.
bool run_plan(burst_team& bursts, stamping stamps, time_share time, proof& shown, const std::string& what,
              const judge_of_bursts& judge) {
    const conformance::doing doing_what(what);
    bursts.run([&](const burst_record& burst) {
        const history calls = burst.all();
        const bool with_stamps = stamps == stamping::on;
        shown.counts.count(calls, with_stamps);
        const queue_verdict verdict = judge(burst, calls);
        if (with_stamps && verdict.exact) shown.counts.decided += calls.size();
        shown.counts.excused += verdict.excused;
        shown.counts.overtaken = std::max<std::uint64_t>(shown.counts.overtaken, verdict.overtaken);
        if (verdict.broken)
            shown.broken = report(*verdict.broken) + "  in bursts of " + what +
                           (with_stamps ? "\n" : ", so the numbers are no times\n");
        return !verdict.broken && time.goes_on(calls.size());
    });
    return shown.holds();
}

// Runs the plans with stamps; then those without. A violation that rests on stamps counts only if the clocks
// still agree afterwards.
template <class Plan, class Run>
void run_plans(const std::vector<Plan>& plans, const std::vector<int>& cpus, proof& shown, Run run) {
    for (const Plan& plan : plans) {
        if (run(plan)) continue;
        if (plan.stamps == stamping::off) return;
        break;
    }
    if (!shown.stamps.trusted) return;
    const stamp_check after = check_stamps(cpus);
    if (after.trusted) return;
    shown.stamps = after;
    shown.broken.clear();
    shown.counts = {};
    for (const Plan& plan : plans) {
        if (plan.stamps == stamping::off && !run(plan)) return;
    }
}

}  // namespace

proof stress_queue(const conformance::queue_under_test& subject, const stress_effort& effort) {
    const queue_spec& spec = *subject.spec;
    queue_promise promise{.delivery = spec.delivery, .failure = spec.failure};
    if (subject.bounded() && subject.has_capacity) promise.capacity = 1;
    proof shown{.name = subject.registered_name, .kind = "queue", .effort = effort.name, .seed = effort.seed};
    if (!spec.conserves) return shown;
    shown.checker = checker_of(promise);
    shown.seconds = effort.queue_seconds;
    const std::vector<int> cpus = cpus_to_use();
    shown.stamps = stamps_to_use(cpus, effort);
    const std::vector<queue_plan> plans = plans_for(subject, shown.stamps.trusted);
    run_plans(plans, cpus, shown, [&](const queue_plan& plan) {
        queue_bursts bursts(subject, plan, cpus, conformance::random_below(~std::uint64_t{0}));
        if (promise.capacity) promise.capacity = bursts.capacity();
        return run_plan(bursts, plan.stamps, time_share(shown.seconds, plans.size()), shown, describe(plan),
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
    shown.seconds = effort.counter_seconds;
    const std::vector<int> cpus = cpus_to_use();
    shown.stamps = stamps_to_use(cpus, effort);
    const std::vector<counter_plan> plans = plans_for(shown.stamps.trusted);
    run_plans(plans, cpus, shown, [&](const counter_plan& plan) {
        counter_bursts bursts(subject, plan, cpus, conformance::random_below(~std::uint64_t{0}));
        return run_plan(bursts, plan.stamps, time_share(shown.seconds, plans.size()), shown, describe(plan),
                        [&](const burst_record& burst, const history& calls) {
                            if (plan.stamps == stamping::on)
                                return queue_verdict{.broken = check_counter(calls, promise), .exact = true};
                            return queue_verdict{.broken = check_counter_without_stamps(burst, promise)};
                        });
    });
    return shown;
}

}  // namespace handoff::linearizability
