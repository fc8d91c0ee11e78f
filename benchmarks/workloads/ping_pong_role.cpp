#include "ping_pong_role.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "percentiles.hpp"

namespace handoff {
namespace {

// The host can keep a CPU for longer than the window lasts (seen: 130 ms, with waits that never sleep). The
// sample says nothing then; a case of which every sample is void fails the campaign.
constexpr const char* no_round_trip = "voided: no round trip ended within the window";

// Active and waiting time of each of the two threads.
void add_times_per_thread(figures& values, const sample& s) {
    for (std::size_t i = 0; i < s.records.size(); ++i) {
        const thread_record& r = s.records[i];
        const ticks waiting = std::min(r.done.waiting, r.elapsed);
        const std::string suffix = "_s_" + std::to_string(i);
        values.emplace_back("active" + suffix, harness_clock::seconds(r.elapsed - waiting));
        values.emplace_back("waiting" + suffix, harness_clock::seconds(waiting));
    }
}

}  // namespace

two_queue_run::two_queue_run(const ping_pong_plan& plan, const queue_spec& spec)
    : plan_(plan), spec_(spec), oversubscribed_(is_oversubscribed(plan.settings, 2)) {
    if (plan.distribution) recorder_.emplace();
}

two_queue_run::~two_queue_run() = default;

outcome two_queue_run::run() {
    sample s = take_sample(
        {.settings = plan_.settings,
         .threads = 2,
         .feeding = 1,
         .body = [this](unsigned i, window& w, thread_record& r) { i == 0 ? serve(w, r) : give_back(w, r); },
         .wake_all =
             [this] {
                 there_gates_.wake_all();
                 back_gates_.wake_all();
             }});
    return finish(s);
}

outcome two_queue_run::finish(sample& s) {
    outcome result = std::move(s.result);
    for (const verdict& seen : prefaulted_)
        if (const std::string wrong = verify(spec_, seen); !wrong.empty()) result.error = wrong;
    if (const std::uint64_t wrong = wrong_[0] + wrong_[1]; wrong != 0 && spec_.conserves)
        result.error = "unverified: " + std::to_string(wrong) + " items came out other than they went in";
    const thread_record& server = s.records[0];
    const auto trips = static_cast<double>(server.done.operations);
    result.values.emplace_back("capacity", static_cast<double>(capacity()));
    result.values.emplace_back("verified", spec_.conserves ? 1.0 : 0.0);
    result.values.emplace_back("round_trips", trips);
    if (trips > 0)
        result.values.emplace_back("round_trip_ns", harness_clock::ns(server.elapsed) / trips);
    else if (result.error.empty())
        result.error = no_round_trip;
    if (recorder_) {
        add_percentiles(result.values, "", *recorder_);
        result.values.emplace_back("timer_floor_ns", harness_clock::floor_ns());
    }
    add_times_per_thread(result.values, s);
    return result;
}

one_queue_run::one_queue_run(const ping_pong_plan& plan, const queue_spec& spec)
    : plan_(plan), spec_(spec), oversubscribed_(is_oversubscribed(plan.settings, 2)) {}

one_queue_run::~one_queue_run() = default;

outcome one_queue_run::run() {
    sample s = take_sample({.settings = plan_.settings,
                            .threads = 2,
                            .feeding = 2,
                            .body = [this](unsigned i, window& w, thread_record& r) { play(i, w, r); },
                            .wake_all = [this] { gates_.wake_all(); }});
    return finish(s);
}

// The item counts its own hops, so that nothing can be lost, doubled or invented unnoticed.
std::string one_queue_run::wrong(std::uint64_t hops) {
    item_tag tag = 0;
    if (!take(tag)) return "unverified: the item was lost";
    if (tag != first_tag + hops)
        return "unverified: the item has made " + std::to_string(tag - first_tag) + " hops of " +
               std::to_string(hops);
    if (take(tag)) return "unverified: there is more than the one item";
    return {};
}

outcome one_queue_run::finish(sample& s) {
    outcome result = std::move(s.result);
    const player all{players_[0].hops + players_[1].hops, players_[0].handovers + players_[1].handovers};
    if (spec_.conserves) {
        if (const std::string broken = verify(spec_, prefaulted_); !broken.empty()) result.error = broken;
        if (const std::string lost = wrong(all.hops); !lost.empty()) result.error = lost;
    }
    const double trips = static_cast<double>(s.operations(0, 2)) / 2.0;
    result.values.emplace_back("capacity", static_cast<double>(capacity()));
    result.values.emplace_back("verified", spec_.conserves ? 1.0 : 0.0);
    result.values.emplace_back("round_trips", trips);
    if (trips > 0)
        result.values.emplace_back("round_trip_ns", s.window_s * 1e9 / trips);
    else if (result.error.empty())
        result.error = no_round_trip;
    if (all.hops > 0)
        result.values.emplace_back("handover_share",
                                   static_cast<double>(all.handovers) / static_cast<double>(all.hops));
    add_times_per_thread(result.values, s);
    return result;
}

}  // namespace handoff
