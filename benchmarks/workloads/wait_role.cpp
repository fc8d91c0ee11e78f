#include "wait_role.hpp"

#include <chrono>

#include "percentiles.hpp"

namespace handoff {
namespace {

// So few that the 99th percentile is the latest of them; but a gap of 100 ms makes them a long window.
constexpr unsigned least_items = 5;

// What a waiting thread promises of items: as a queue of one place would.
constexpr queue_spec of_the_box{.name = "letter_box",
                                .cite = "",
                                .producers = cardinality::one,
                                .consumers = cardinality::many,
                                .bound = boundedness::bounded,
                                .push = progress::blocking,
                                .pop = progress::blocking,
                                .delivery = order::fifo};

}  // namespace

wait_plan with_time_for_items(wait_plan plan) {
    const auto gap = std::chrono::ceil<std::chrono::milliseconds>(std::chrono::microseconds(plan.gap_us));
    plan.settings.ramp = std::max(plan.settings.ramp, gap);
    plan.settings.window = std::max(plan.settings.window, least_items * gap);
    return plan;
}

figures wait_figures(const wait_plan& plan, const producer_use& producer,
                     const std::vector<waiter_use>& waiters) {
    latency_recorder lateness;
    double cpu_seconds = 0.0;
    for (const waiter_use& one : waiters) {
        lateness += one.lateness;
        cpu_seconds += one.cpu_seconds;
    }
    const auto items = static_cast<double>(producer.within.done.operations);
    const double seconds = harness_clock::seconds(producer.within.elapsed);
    figures values = {{"verified", 1.0}, {"items", items}};
    if (items > 0 && seconds > 0) {
        values.emplace_back("items_per_second", items / seconds);
        values.emplace_back("cpu_per_item_ns", 1e9 * cpu_seconds / items);
        values.emplace_back("cpu_share", cpu_seconds / seconds / plan.waiters);
    }
    add_percentiles(values, "late_", lateness);
    add_percentiles(values, "notify_", producer.notifying);
    return values;
}

std::string wait_error(const producer_use& producer, const std::vector<waiter_use>& waiters) {
    verdict all;
    std::uint64_t premature = 0;
    for (const waiter_use& one : waiters) {
        all += one.seen;
        premature += one.premature;
    }
    if (premature != 0)
        return "unverified: " + std::to_string(premature) +
               " times a thread came back without what it waited for";
    if (producer.in_vain)
        return "unverified: no waiting thread came for item " + std::to_string(producer.put) +
               ": a wake-up was lost";
    all.pushed = tally::of_sequence(0, producer.put);
    if (std::string wrong = verify(of_the_box, all); !wrong.empty()) return wrong;
    if (producer.within.done.operations == 0) return "voided: no item came within the window";
    return {};
}

}  // namespace handoff
