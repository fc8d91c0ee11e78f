// What the harness itself costs: the same queue through the harness and through a loop written by hand,
// by turns in one process, so that the machine's moods hit both. The ratio of medians should be 1.
#include <algorithm>

#include "../impls/controls/noop_queue.hpp"
#include "../impls/queues/cached_spsc_ring.hpp"
#include "../impls/queues/vyukov_mpmc_ring.hpp"
#include "../impls/support/pause.hpp"
#include "case_main.hpp"
#include "harness/clock.hpp"
#include "harness/median.hpp"
#include "harness/roles/ping_pong_role.hpp"
#include "harness/roles/producer_consumer_role.hpp"
#include "harness/team.hpp"
#include "harness/topology.hpp"

namespace handoff {
namespace {

using element = item<8>;

constexpr int pairs = 61;  // an odd number has a median of its own
constexpr std::size_t throughput_capacity = 1024;

double figure(const outcome& result, std::string_view name) {
    if (!result.error.empty()) throw std::runtime_error(result.error);
    return std::ranges::find(result.values, name, &std::pair<std::string, double>::first)->second;
}

struct spin_by_hand {
    static constexpr wait_kind kind = wait_kind::spin;
    static void wait() {}
};
struct pause_by_hand {
    static constexpr wait_kind kind = wait_kind::pause;
    static void wait() { handoff::pause(); }
};

// The loops that somebody would write who wants to know how fast the queue is: pinned threads, a fixed
// count, the values checked as thoroughly as the harness does.
template <class Q, class Wait>
double ping_pong_by_hand(const std::vector<int>& cpus) {
    constexpr std::uint64_t trips = 50'000;
    Q there(64);
    Q back(64);
    ticks spent = 0;
    std::uint64_t wrong = 0;
    run_team(cpus, [&](unsigned side) {
        element v;
        if (side == 1) {
            typename Q::consumer in(there);
            typename Q::producer out(back);
            for (std::uint64_t i = 0; i < trips; ++i) {
                while (!in.try_pop(v)) Wait::wait();
                while (!out.try_push(std::move(v))) Wait::wait();
            }
            return;
        }
        typename Q::producer out(there);
        typename Q::consumer in(back);
        const ticks start = harness_clock::now();
        for (std::uint64_t i = 1; i <= trips; ++i) {
            v.tag = i;
            while (!out.try_push(std::move(v))) Wait::wait();
            while (!in.try_pop(v)) Wait::wait();
            wrong += v.tag != i;
        }
        spent = harness_clock::now() - start;
    });
    if (wrong != 0) throw std::runtime_error("the loop by hand got wrong values");
    return harness_clock::ns(spent) / static_cast<double>(trips);
}

template <class Q, class Wait>
double throughput_by_hand(const std::vector<int>& cpus) {
    constexpr std::uint64_t items = 1'000'000;
    Q q(throughput_capacity);
    ticks spent = 0;
    std::uint64_t wrong = 0;
    run_team(cpus, [&](unsigned side) {
        element v;
        if (side == 0) {
            typename Q::producer out(q);
            for (std::uint64_t i = 1; i <= items; ++i) {
                v.tag = make_tag(0, i);
                while (!out.try_push(std::move(v))) Wait::wait();
            }
            return;
        }
        typename Q::consumer in(q);
        std::uint64_t sum = 0;
        std::uint64_t squares = 0;
        item_tag last = 0;
        const ticks start = harness_clock::now();
        for (std::uint64_t i = 1; i <= items; ++i) {
            while (!in.try_pop(v)) Wait::wait();
            sum += v.tag;
            squares += v.tag * v.tag;
            wrong += v.tag <= last;
            last = v.tag;
        }
        spent = harness_clock::now() - start;
        const tally all = tally::of_sequence(0, items);
        wrong += sum != all.sum || squares != all.squares;
    });
    if (wrong != 0) throw std::runtime_error("the loop by hand got wrong values");
    return harness_clock::ns(spent) / static_cast<double>(items);
}

template <class Q, class Wait>
double ping_pong_by_harness(const run_settings& settings) {
    ping_pong_plan plan;
    plan.settings = settings;
    plan.wait = Wait::kind;
    return figure(run_ping_pong<Q, element>(plan), "round_trip_ns");
}

template <class Q, class Wait>
double throughput_by_harness(const run_settings& settings) {
    producer_consumer_plan plan;
    plan.settings = settings;
    plan.wait = Wait::kind;
    plan.capacity = throughput_capacity;
    return 1e9 / figure(run_producer_consumer<Q, element>(plan), "items_per_second");
}

template <class ByHarness, class ByHand>
outcome compare(const run_settings& settings, ByHarness by_harness, ByHand by_hand) {
    const std::vector<int> cpus = topology::detect().place(settings.placement, 2);
    run_settings brief = settings;
    brief.window = std::chrono::milliseconds(20);
    std::vector<double> harness;
    std::vector<double> hand;
    for (int i = 0; i < pairs; ++i) {
        harness.push_back(by_harness(brief));
        hand.push_back(by_hand(cpus));
    }
    return {.values = {{"harness_ns", median(harness)},
                       {"by_hand_ns", median(hand)},
                       {"ratio", median(harness) / median(hand)}},
            .cpus = cpus,
            .error = {}};
}

template <class Q, class Wait>
void add_cases(std::vector<benchmark_case>& all) {
    const auto add = [&all](std::string_view of, auto by_harness, auto by_hand) {
        all.push_back(
            {case_name("harness_cost", Q::spec.name).with("of", of).with("wait", name_of(Wait::kind)).text(),
             [=](const run_settings& s) { return compare(s, by_harness, by_hand); }});
    };
    add("ping_pong", ping_pong_by_harness<Q, Wait>, ping_pong_by_hand<Q, Wait>);
    add("throughput", throughput_by_harness<Q, Wait>, throughput_by_hand<Q, Wait>);
}

// The ceiling: what an operation costs when the queue does nothing.
outcome ceiling(const run_settings& settings) {
    producer_consumer_plan plan;
    plan.settings = settings;
    outcome result = run_producer_consumer<noop_queue<element>, element>(plan);
    result.values.emplace_back("harness_ns", 1e9 / figure(result, "items_per_second"));
    return result;
}

std::vector<benchmark_case> cases() {
    std::vector<benchmark_case> all;
    add_cases<cached_spsc_ring<element>, spin_by_hand>(all);
    add_cases<cached_spsc_ring<element>, pause_by_hand>(all);
    add_cases<vyukov_mpmc_ring<element>, spin_by_hand>(all);
    add_cases<vyukov_mpmc_ring<element>, pause_by_hand>(all);
    all.push_back(
        {case_name("harness_cost", "noop_queue").with("of", "throughput").with("wait", "spin").text(),
         ceiling});
    return all;
}

}  // namespace
}  // namespace handoff

int main(int argc, char** argv) {
    return handoff::case_main(argc, argv, {"harness_ns", "by_hand_ns", "ratio"}, handoff::cases);
}
