#include "stall_role.hpp"

#include <chrono>

#include "percentiles.hpp"

namespace handoff {
namespace {

// So many stops as there is time for in a window, at least: a stop, and on average as long between.
constexpr unsigned least_stops = 12;

stall_setting setting_of(const stall_plan& plan, std::size_t capacity, bool oversubscribed) {
    stall_setting setting{};
    setting.threads[queue_end::push] = plan.producers;
    setting.threads[queue_end::pop] = plan.consumers;
    setting.room = capacity == 0 ? plan.capacity : capacity;
    setting.is_bounded = capacity != 0;
    setting.shares_cpus = oversubscribed;
    setting.stop = std::chrono::milliseconds(plan.stop_ms);
    setting.seed = plan.settings.seed;
    return setting;
}

void add_stops(figures& values, const std::string& prefix, const stops_seen& seen) {
    values.emplace_back(prefix + "stops", static_cast<double>(seen.stops));
    values.emplace_back(prefix + "harmful_stops", static_cast<double>(seen.harmful));
    values.emplace_back(prefix + "pushes_held_up", static_cast<double>(seen.held_up[queue_end::push]));
    values.emplace_back(prefix + "pops_held_up", static_cast<double>(seen.held_up[queue_end::pop]));
}

// What is left of the others' throughput; nothing is known without any before.
void add_kept(figures& values, const std::string& name, const stops_seen& seen) {
    if (seen.before.per_second() > 0.0)
        values.emplace_back(name, seen.meanwhile.per_second() / seen.before.per_second());
}

void add_figures(figures& values, const stalls_seen& seen) {
    stops_seen inside = seen.inside[queue_end::push];
    inside += seen.inside[queue_end::pop];
    add_stops(values, "push_", seen.inside[queue_end::push]);
    add_stops(values, "pop_", seen.inside[queue_end::pop]);
    add_stops(values, "outside_", seen.outside);
    const std::uint64_t within = inside.stops + seen.without_cause;
    const std::uint64_t interruptions = within + seen.outside.stops + seen.missed;
    values.emplace_back("stops", static_cast<double>(inside.stops));
    values.emplace_back("stops_without_cause", static_cast<double>(seen.without_cause));
    if (interruptions > 0)
        values.emplace_back("inside_share", static_cast<double>(within) / static_cast<double>(interruptions));
    if (inside.harmful > 0)
        values.emplace_back("threads_held_up", static_cast<double>(inside.threads_held_up) /
                                                   static_cast<double>(inside.harmful));
    values.emplace_back("stalled_operations_per_second", inside.meanwhile.per_second());
    values.emplace_back("stalled_operations", static_cast<double>(inside.meanwhile.operations));
    add_kept(values, "kept_share", inside);
    add_kept(values, "outside_kept_share", seen.outside);
    add_percentiles(values, "standstill_", inside.standstill);
    add_percentiles(values, "recovery_", seen.recovery);
}

}  // namespace

stall_plan with_time_for_stops(stall_plan plan) {
    const auto stop = std::chrono::milliseconds(plan.stop_ms);
    plan.settings.window = std::max(plan.settings.window, 2 * least_stops * stop);
    return plan;
}

stall_run::stall_run(const stall_plan& plan, const queue_spec& spec, std::size_t capacity)
    : two_ended_run(plan.settings, plan.producers, plan.consumers, spec),
      watch_(setting_of(plan, capacity, oversubscribed_)),
      pushed_(plan.producers),
      seen_(plan.consumers) {}

stall_run::~stall_run() = default;

outcome stall_run::run() {
    sample s = take();
    return finish(s);
}

outcome stall_run::finish(sample& s) {
    verdict all = prefaulted_;
    for (const tally& t : pushed_) all.pushed += t;
    for (const verdict& of_one : seen_) all += of_one;
    all += leftovers(all.pushed.count);
    outcome result = std::move(s.result);
    const stalls_seen& seen = watch_.seen();
    if (seen.inside[queue_end::push].stops + seen.inside[queue_end::pop].stops == 0 && result.error.empty())
        result.error = "voided: no stop fell into a call in which the others had something to do";
    if (std::string wrong = verify(spec_, all); !wrong.empty()) result.error = std::move(wrong);
    result.values.emplace_back("capacity", static_cast<double>(capacity()));
    result.values.emplace_back("verified", 1.0);
    result.values.emplace_back("items", static_cast<double>(s.operations(pushed_.size(), seen_.size())));
    add_figures(result.values, seen);
    return result;
}

}  // namespace handoff
