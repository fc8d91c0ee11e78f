// What the harness itself costs: the same queue through the harness and through loops written by hand, by
// turns in one process, so that the machine's moods hit all. The ratio of medians should be 1. One process
// is one draw of the pages that the queues lie on, which alone may decide a fifth: scripts/harness_cost.py
// takes many.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <random>

#include "by_hand.hpp"
#include "controls/noop_queue.hpp"
#include "harness/machine/heap_gap.hpp"
#include "harness/machine/topology.hpp"
#include "harness/median.hpp"
#include "harness/yardstick.hpp"
#include "queues/atomic_queue_mpmc.hpp"
#include "queues/boost_queue.hpp"
#include "queues/boost_spsc_queue.hpp"
#include "queues/cached_spsc_ring.hpp"
#include "queues/moodycamel_concurrent_queue.hpp"
#include "queues/moodycamel_spsc_queue.hpp"
#include "queues/moodycamel_token_queue.hpp"
#include "queues/tbb_bounded_queue.hpp"
#include "queues/tbb_concurrent_queue.hpp"
#include "queues/ticket_mpmc_ring.hpp"
#include "queues/vyukov_mpmc_ring.hpp"
#include "workloads/cases/case_main.hpp"
#include "workloads/ping_pong_role.hpp"
#include "workloads/producer_consumer_role.hpp"

namespace handoff {
namespace {

using element = item<8>;
using by_hand::spelling;

constexpr std::size_t rounds = 5;  // an odd number has a median of its own
constexpr std::size_t throughput_capacity = 1024;

double figure(const outcome& result, std::string_view name) {
    return std::ranges::find(result.values, name, &std::pair<std::string, double>::first)->second;
}

// One sample by the harness in ns; not a number where the sample is void, as it may be on a machine whose
// host takes a CPU away for longer than a window.
double checked(const outcome& result, std::string_view name) {
    if (result.error.starts_with("voided")) return std::numeric_limits<double>::quiet_NaN();
    if (!result.error.empty()) throw std::runtime_error(result.error);
    return figure(result, name);
}

template <class Q, class Wait>
double ping_pong_by_harness(const run_settings& settings) {
    ping_pong_plan plan;
    plan.settings = settings;
    plan.wait = Wait::kind;
    return checked(run_ping_pong<Q, element>(plan), "round_trip_ns");
}

template <class Q, class Wait>
double throughput_by_harness(const run_settings& settings) {
    producer_consumer_plan plan;
    plan.settings = settings;
    plan.wait = Wait::kind;
    plan.capacity = throughput_capacity;
    return 1e9 / checked(run_producer_consumer<Q, element>(plan), "items_per_second");
}

using by_harness = std::function<double(const run_settings&)>;
using by_hand_loop = std::function<double(const std::vector<int>&)>;
using by_hand_loops = std::array<by_hand_loop, 3>;  // one for each spelling

outcome compare(const run_settings& settings, const by_harness& harness, const by_hand_loops& hands) {
    const topology machine = topology::detect();
    const std::vector<int> cpus = machine.place(settings.placement, 2);
    const std::optional<round_trips> before = yardstick(cpu_pairs(machine, cpus));
    run_settings brief = settings;
    brief.window = std::chrono::milliseconds(20);
    std::mt19937_64 random(settings.seed);
    std::array<std::vector<double>, 4> ns;  // by the harness, and by the loops
    for (int tried = 0; ns[0].size() < rounds && tried < 2 * static_cast<int>(rounds); ++tried) {
        const heap_gap elsewhere(cache_line_size * (random() % 1500));
        const double sample = harness(brief);
        if (std::isnan(sample)) continue;
        ns[0].push_back(sample);
        for (std::size_t hand = 0; hand < hands.size(); ++hand) ns[hand + 1].push_back(hands[hand](cpus));
    }
    outcome result{.values = {}, .cpus = cpus, .error = {}};
    if (ns[0].size() < rounds) result.error = "voided: every other window was void";
    if (!result.error.empty()) return result;
    const std::optional<round_trips> after = yardstick(cpu_pairs(machine, cpus));
    const double by_hand = median(ns[1]);
    result.values = {{"rounds", static_cast<double>(rounds)}, {"seed", static_cast<double>(settings.seed)},
                     {"harness_ns", median(ns[0])},           {"by_hand_ns", by_hand},
                     {"own_wait_ns", median(ns[2])},          {"own_wait_otherwise_ns", median(ns[3])},
                     {"ratio", median(ns[0]) / by_hand}};
    if (before && after)
        std::ranges::copy(yardstick_figures(*before, *after), std::back_inserter(result.values));
    return result;
}

void add(std::vector<benchmark_case>& all, std::string_view queue, std::string_view of, wait_kind wait,
         by_harness harness, by_hand_loops hands) {
    all.push_back({case_name("harness_cost", queue).with("of", of).with("wait", name_of(wait)).text(),
                   [=](const run_settings& s) { return compare(s, harness, hands); }});
}

template <class Q, class Wait>
void add_ping_pong(std::vector<benchmark_case>& all) {
    add(all, Q::spec.name, "ping_pong", Wait::kind, ping_pong_by_harness<Q, Wait>,
        {by_hand::ping_pong<Q, Wait, spelling::harness_waits>,
         by_hand::ping_pong<Q, Wait, spelling::retry_in_place>,
         by_hand::ping_pong<Q, Wait, spelling::one_loop>});
}

template <class Q, class Wait>
void add_throughput(std::vector<benchmark_case>& all) {
    const auto with_capacity = [](auto loop) {
        return [loop](const std::vector<int>& cpus) { return loop(throughput_capacity, cpus); };
    };
    add(all, Q::spec.name, "throughput", Wait::kind, throughput_by_harness<Q, Wait>,
        {with_capacity(by_hand::throughput<Q, Wait, spelling::harness_waits>),
         with_capacity(by_hand::throughput<Q, Wait, spelling::retry_in_place>),
         with_capacity(by_hand::throughput<Q, Wait, spelling::one_loop>)});
}

template <class Q>
void add_ping_pongs(std::vector<benchmark_case>& all) {
    add_ping_pong<Q, by_hand::spin>(all);
    add_ping_pong<Q, by_hand::pause>(all);
}

template <class Q>
void add_all(std::vector<benchmark_case>& all) {
    add_ping_pongs<Q>(all);
    add_throughput<Q, by_hand::spin>(all);
    add_throughput<Q, by_hand::pause>(all);
}

// The ceiling: what an operation costs when the queue does nothing.
outcome ceiling(const run_settings& settings) {
    producer_consumer_plan plan;
    plan.settings = settings;
    outcome result = run_producer_consumer<noop_queue<element>, element>(plan);
    if (result.error.empty())
        result.values.emplace_back("harness_ns", 1e9 / figure(result, "items_per_second"));
    return result;
}

std::vector<benchmark_case> cases() {
    std::vector<benchmark_case> all;
    add_all<vyukov_mpmc_ring<element>>(all);
    add_all<ticket_mpmc_ring<element>>(all);
    add_all<cached_spsc_ring<element>>(all);
    add_ping_pongs<boost_queue<element>>(all);
    add_ping_pongs<boost_spsc_queue<element>>(all);
    add_ping_pongs<moodycamel_concurrent_queue<element>>(all);
    add_ping_pongs<moodycamel_token_queue<element>>(all);
    add_ping_pongs<moodycamel_spsc_queue<element>>(all);
    add_ping_pongs<tbb_concurrent_queue<element>>(all);
    add_ping_pongs<tbb_bounded_queue<element>>(all);
    add_ping_pongs<atomic_queue_mpmc<element>>(all);
    all.push_back(
        {case_name("harness_cost", "noop_queue").with("of", "throughput").with("wait", "spin").text(),
         ceiling});
    return all;
}

}  // namespace
}  // namespace handoff

int main(int argc, char** argv) {
    return handoff::case_main(argc, argv,
                              {"harness_ns", "by_hand_ns", "own_wait_ns", "own_wait_otherwise_ns", "ratio"},
                              handoff::cases);
}
