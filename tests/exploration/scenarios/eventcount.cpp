// The scenarios of the eventcount: a sleeper that looks, announces himself, looks again and sleeps, as the
// harness's wait loop does; a notifier that makes a change and notifies. A wake-up that gets lost is an
// execution that cannot go on. The change is a relaxed store, so that nothing but the eventcount orders it.
#include "support/eventcount.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "exploration/explorer/explore.hpp"
#include "registry.hpp"
#include "support/atomic.hpp"

namespace handoff::exploration {
namespace {

using count = handoff::atomic<std::uint32_t>;

// Takes one of `items` if there is one.
bool take(count& items) {
    std::uint32_t seen = items.load(memory_order_relaxed);
    while (seen > 0) {
        if (items.compare_exchange_strong(seen, seen - 1, memory_order_relaxed)) return true;
    }
    return false;
}

template <class Look>
void wait_for(eventcount& sleepers, Look look) {
    while (!look()) {
        const std::uint32_t announced = sleepers.announce();
        const bool found = look();
        if (!found) sleepers.sleep(announced);
        sleepers.retract();
        if (found) return;
    }
}

constexpr std::uint32_t last_epoch = 0xffff'ffff;

// One change, seen by each of the sleepers.
void broadcast(unsigned sleepers, std::uint32_t first_epoch = 0) {
    eventcount event(first_epoch);
    count open{0};
    std::vector<std::function<void()>> threads;
    for (unsigned i = 0; i < sleepers; ++i) {
        threads.emplace_back([&] { wait_for(event, [&] { return open.load(memory_order_relaxed) != 0; }); });
    }
    threads.emplace_back([&] {
        open.store(1, memory_order_relaxed);
        event.notify_all();
    });
    running().run_threads(threads);
}

// Each item wakes one, who takes it.
void hand_over(unsigned sleepers, unsigned notifiers, unsigned items_each) {
    eventcount event;
    count items{0};
    std::vector<std::function<void()>> threads;
    for (unsigned i = 0; i < sleepers; ++i) {
        threads.emplace_back([&, sleepers] {
            for (unsigned n = 0; n < notifiers * items_each / sleepers; ++n)
                wait_for(event, [&] { return take(items); });
        });
    }
    for (unsigned i = 0; i < notifiers; ++i) {
        threads.emplace_back([&] {
            for (unsigned n = 0; n < items_each; ++n) {
                items.fetch_add(1, memory_order_relaxed);
                event.notify_one();
            }
        });
    }
    running().run_threads(threads);
    require(items.load(memory_order_relaxed) == 0, "an item is left");
}

// A sleep with a timeout ends, whatever is notified.
void timed_sleep() {
    eventcount event;
    run_threads({[&] {
                     const std::uint32_t announced = event.announce();
                     event.sleep(announced, 1'000'000);
                     event.retract();
                 },
                 [&] { event.notify_one(); }});
}

}  // namespace

void add_eventcount_scenarios(std::vector<scenario>& to) {
    constexpr bounds wide{.preemptions = 4, .stale = 4, .spurious = 1};
    constexpr bounds narrow{.preemptions = 2, .stale = 2, .spurious = 1};
    const auto add = [&](std::string name, unsigned threads, const bounds& limits, scenario_body body) {
        to.push_back({"eventcount", std::move(name), threads, limits, std::move(body)});
    };
    add("one sleeps, one notifies", 2, wide, [] { broadcast(1); });
    add("one sleeps, one notifies, and the epoch wraps", 2, wide, [] { broadcast(1, last_epoch); });
    add("two sleep, one notifies all", 3, narrow, [] { broadcast(2); });
    add("an item each for two sleepers", 3, narrow, [] { hand_over(2, 1, 2); });
    add("two notify one sleeper", 3, narrow, [] { hand_over(1, 2, 1); });
    add("a sleep with a timeout", 2, wide, [] { timed_sleep(); });
}

}  // namespace handoff::exploration
