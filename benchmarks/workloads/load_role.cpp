#include "load_role.hpp"

#include <numeric>
#include <utility>

#include "percentiles.hpp"

namespace handoff {

load_run::load_run(const load_plan& plan, const queue_spec& spec)
    : two_ended_run(plan.settings, plan.producers, plan.consumers, spec), plan_(plan) {}

load_run::~load_run() = default;

outcome load_run::run() {
    double rate = plan_.rate;
    double saturation = 0.0;
    if (plan_.percent > 0.0) {
        outcome unpaced = saturate();
        if (!unpaced.error.empty()) return unpaced;
        saturation = taken_per_second_;
        rate = saturation * plan_.percent / 100.0;
    }
    outcome result = pass(rate);
    if (plan_.percent > 0.0) result.values.emplace_back("saturation_per_second", saturation);
    add_load(result, rate);
    return result;
}

outcome load_run::saturate() {
    outcome unpaced = pass(0.0);
    if (unpaced.error.empty() && taken_per_second_ <= 0.0)
        unpaced.error = "voided: no item came out while the queue's saturation was looked for";
    return unpaced;
}

outcome load_run::pass(double rate) {
    pushed_.assign(plan_.producers, {});
    idle_.assign(plan_.producers, 0);
    consumers_ = std::vector<consumer_record>(plan_.consumers);
    mean_gap_ = rate > 0.0 ? harness_clock::hz() * plan_.producers / rate : 0.0;
    origin_ = harness_clock::now();
    sample s = take();
    return finish(s);
}

outcome load_run::finish(sample& s) {
    verdict seen;
    for (const tally& t : pushed_) seen.pushed += t;
    for (const consumer_record& one : consumers_) seen += one.seen;
    seen += leftovers(seen.pushed.count);
    outcome result = std::move(s.result);
    for (const verdict& one : {prefaulted_, seen})
        if (const std::string wrong = verify(spec_, one); !wrong.empty()) result.error = wrong;
    const auto items = static_cast<double>(s.operations(plan_.producers, plan_.consumers));
    taken_per_second_ = items / s.window_s;
    window_ns_ = s.window_s * 1e9;
    result.values.emplace_back("capacity", static_cast<double>(capacity()));
    result.values.emplace_back("verified", 1.0);
    result.values.emplace_back("items", items);
    result.values.emplace_back("items_per_second", taken_per_second_);
    result.values.emplace_back("overtakes", static_cast<double>(seen.overtakes));
    return result;
}

void load_run::add_load(outcome& result, double rate) const {
    latency_recorder since_due;
    latency_recorder since_sent;
    ticks lag = 0;
    for (const consumer_record& one : consumers_) {
        since_due += one.since_due;
        since_sent += one.since_sent;
        lag = std::max(lag, one.lag);
    }
    const bool late = harness_clock::ns(lag) > overload_lag * window_ns_;
    if (since_due.total() == 0 && result.error.empty())
        result.error = "voided: no item came out within the window";
    figures& values = result.values;
    values.emplace_back("offered_per_second", rate);
    values.emplace_back("lag_ns", harness_clock::ns(lag));
    const ticks idle = std::accumulate(idle_.begin(), idle_.end(), ticks{0});
    values.emplace_back("idle_s", harness_clock::seconds(idle));
    values.emplace_back("overloaded", late && taken_per_second_ < overload_delivered * rate ? 1.0 : 0.0);
    add_percentiles(values, "", since_due);
    add_percentiles(values, "since_sent_", since_sent);
    values.emplace_back("timer_floor_ns", harness_clock::floor_ns());
}

}  // namespace handoff
