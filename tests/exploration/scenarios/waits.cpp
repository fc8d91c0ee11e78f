// The scenarios of our ways to wait that sleep: things to take, each followed by a notification, as the
// contract has it. A wake-up that gets lost is an execution that cannot go on.
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "exploration/explorer/explore.hpp"
#include "registry.hpp"
#include "support/atomic.hpp"
#include "waits/eventcount_wait.hpp"
#include "waits/spin_then_park.hpp"

namespace handoff::exploration {
namespace {

// No stronger than the contract: what more a wake-up needs is the mechanism's to bring.
class things {
public:
    void put() { put_.store(put_.load(memory_order_relaxed) + 1, memory_order_release); }
    bool take() {
        std::uint32_t next = taken_.load(memory_order_relaxed);
        while (next != put_.load(memory_order_acquire))
            if (taken_.compare_exchange_strong(next, next + 1, memory_order_relaxed)) return true;
        return false;
    }
    bool are_left() const { return put_.load(memory_order_relaxed) != taken_.load(memory_order_relaxed); }

private:
    atomic<std::uint32_t> put_{0};
    atomic<std::uint32_t> taken_{0};
};

template <class W>
void hand_over(unsigned waiters, unsigned each) {
    W wait;
    things all;
    std::vector<std::function<void()>> threads;
    for (unsigned i = 0; i < waiters; ++i) {
        threads.emplace_back([&, each] {
            for (unsigned n = 0; n < each; ++n) {
                unsigned successes = 0;
                wait.until([&] {
                    const bool taken = all.take();
                    successes += taken;
                    return taken;
                });
                require(successes == 1, "a wait did not end with one success");
            }
        });
    }
    threads.emplace_back([&, waiters, each] {
        for (unsigned n = 0; n < waiters * each; ++n) {
            all.put();
            wait.notify_one();
        }
    });
    running().run_threads(threads);
    require(!all.are_left(), "something is left");
}

template <class W>
void add_wait(std::vector<scenario>& to, const std::string& name) {
    constexpr bounds of_two{.preemptions = 3, .stale = 3, .spurious = 1};
    constexpr bounds of_three{.preemptions = 2, .stale = 1, .spurious = 1};
    const auto add = [&](std::string what, unsigned threads, const bounds& limits, scenario_body body) {
        to.push_back({name, std::move(what), threads, limits, std::move(body)});
    };
    add("one waits for one", 2, of_two, [] { hand_over<W>(1, 1); });
    add("one waits for two", 2, of_two, [] { hand_over<W>(1, 2); });
    add("two wait for one each", 3, of_three, [] { hand_over<W>(2, 1); });
}

}  // namespace

void add_wait_scenarios(std::vector<scenario>& to) {
    add_wait<eventcount_wait>(to, "eventcount_wait");
    // The number of looks before it sleeps is data: with few of them the sleep is reached.
    add_wait<spin_then_park<1>>(to, "short_spin_wait");
}

}  // namespace handoff::exploration
