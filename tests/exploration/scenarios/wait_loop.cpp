// The scenarios of the harness's wait loop, as a queue's two ends use it: one waits until there is something,
// the other until there is room, and each announces what it has done. A wake-up that gets lost, or an end of
// the run that is slept through, is an execution that cannot go on. What is handed over is one relaxed
// number, so that nothing but the loop and its eventcounts orders it.
//
// `block`, and `adaptive` as it is with more threads than CPUs: it pauses while a clock has not run out, and
// a scenario has no clock. `timed` sleeps for 1 ms at most, so that it cannot lose a wake-up for good; the
// kinds that do not sleep have none to lose.
#include "harness/wait.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "exploration/explorer/explore.hpp"
#include "registry.hpp"
#include "support/atomic.hpp"

namespace handoff::exploration {
namespace {

// A place for one item, and whether more are to come.
class hand_over_point {
public:
    explicit hand_over_point(wait_kind kind) : kind_(kind) {}

    // Gives so many, waiting for room.
    void give(unsigned items) {
        wait_loop loop(kind_, true, not_full_, not_empty_);
        for (unsigned i = 0; i < items; ++i) {
            loop.until([this] { return change(0, 1); }, [] { return false; });
            loop.announce();
        }
    }

    // Takes so many, or as many as there are before the end: how many it has taken.
    unsigned take(unsigned most) {
        wait_loop loop(kind_, true, not_empty_, not_full_);
        unsigned taken = 0;
        while (taken < most && loop.until([this] { return change(1, 0); }, [this] { return is_over(); })) {
            loop.announce();
            ++taken;
        }
        return taken;
    }

    // As the harness ends a run: what was given before is there for whoever sees the end.
    void end() {
        over_.store(1, memory_order_release);
        not_empty_.notify_all();
    }

    bool is_empty() const { return items_.load(memory_order_relaxed) == 0; }

private:
    using number = handoff::atomic<std::uint32_t>;

    bool change(std::uint32_t from, std::uint32_t to) {
        return items_.compare_exchange_strong(from, to, memory_order_relaxed);
    }
    bool is_over() const { return over_.load(memory_order_acquire) != 0; }

    const wait_kind kind_;
    eventcount not_full_;
    eventcount not_empty_;
    number items_{0};
    number over_{0};
};

// Each taker takes as many as every other.
void hand_over(wait_kind kind, unsigned givers, unsigned takers, unsigned items_each) {
    hand_over_point point(kind);
    const unsigned items = givers * items_each;
    std::vector<std::function<void()>> threads;
    for (unsigned i = 0; i < takers; ++i) threads.emplace_back([&] { point.take(items / takers); });
    for (unsigned i = 0; i < givers; ++i) threads.emplace_back([&] { point.give(items_each); });
    running().run_threads(threads);
    require(point.is_empty(), "an item is left");
}

// Takers who do not know how many will come take all that come, and are told when no more will.
void until_the_end(wait_kind kind, unsigned takers, unsigned items) {
    hand_over_point point(kind);
    std::vector<unsigned> taken(takers);
    std::vector<std::function<void()>> threads;
    for (unsigned& mine : taken) threads.emplace_back([&] { mine = point.take(~0u); });
    threads.emplace_back([&] {
        point.give(items);
        point.end();
    });
    running().run_threads(threads);
    require(point.is_empty(), "an item is left by takers who were told of the end only after it");
    unsigned all = 0;
    for (const unsigned one : taken) all += one;
    require(all == items, "not each item was taken once");
}

}  // namespace

void add_wait_loop_scenarios(std::vector<scenario>& to) {
    constexpr bounds wide{.preemptions = 3, .stale = 2, .spurious = 1};
    constexpr bounds narrow{.preemptions = 2, .stale = 1, .spurious = 1};
    const auto add = [&](std::string name, unsigned threads, const bounds& limits, scenario_body body) {
        to.push_back({"wait_loop", std::move(name), threads, limits, std::move(body)});
    };
    using enum wait_kind;
    add("block: one gives two, one takes", 2, wide, [] { hand_over(block, 1, 1, 2); });
    add("block: two takers, an item each", 3, narrow, [] { hand_over(block, 1, 2, 2); });
    add("block: two givers, one taker", 3, narrow, [] { hand_over(block, 2, 1, 1); });
    add("block: until the end", 2, wide, [] { until_the_end(block, 1, 1); });
    add("block: the end wakes two", 3, narrow, [] { until_the_end(block, 2, 0); });
    add("adaptive: one gives two, one takes", 2, wide, [] { hand_over(adaptive, 1, 1, 2); });
}

}  // namespace handoff::exploration
