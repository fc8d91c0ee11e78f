// The scenarios of the counters, in letters: + adds one, - takes one away, r reads; h, first, makes a handle
// and drops it. An exact counter is linearizable. One that is exact at quiescence (only additions here) reads
// at least what was added before the call, and at most that and what was being added meanwhile; and when all
// have ended, the sum.
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "counters/cas_loop_counter.hpp"
#include "counters/mutex_counter.hpp"
#include "counters/per_cpu_counter.hpp"
#include "counters/racing_counter.hpp"
#include "counters/relaxed_fetch_add_counter.hpp"
#include "counters/seq_cst_fetch_add_counter.hpp"
#include "counters/sharded_padded_counter.hpp"
#include "counters/sharded_unpadded_counter.hpp"
#include "counters/thread_slot_counter.hpp"
#include "counters/ticket_counter.hpp"
#include "counters/ttas_counter.hpp"
#include "exploration/explorer/execution.hpp"
#include "linearizable.hpp"
#include "registry.hpp"

namespace handoff::exploration {
namespace {

struct counter_operation {
    bool is_read;
    std::int64_t value;  // added, or read
    interval when;
};

struct counter_model {
    std::int64_t sum = 0;

    bool apply(const counter_operation& done) {
        if (done.is_read) return done.value == sum;
        sum += done.value;
        return true;
    }
};

using counter_history = std::vector<counter_operation>;

bool within_bounds(const counter_history& history, const counter_operation& read) {
    std::int64_t least = 0, most = 0;
    for (const counter_operation& o : history) {
        if (o.is_read) continue;
        if (o.when.precedes(read.when)) least += o.value;
        if (!read.when.precedes(o.when)) most += o.value;
    }
    return least <= read.value && read.value <= most;
}

void check(const counter_history& history, read_guarantee promised) {
    if (promised != read_guarantee::quiescent) {
        require(linearizable(history, counter_model{}), "no counter gives these results");
        return;
    }
    for (const counter_operation& o : history) {
        require(!o.is_read || within_bounds(history, o), "a read is outside of its bounds");
    }
}

template <class Counter>
void work(Counter& counter, std::string_view letters, counter_history& history) {
    while (letters.starts_with('h')) {
        typename Counter::handle of_a_thread_that_has_ended(counter);
        letters.remove_prefix(1);
    }
    typename Counter::handle handle(counter);
    for (const char letter : letters) {
        const vector_clock before = running().clock();
        std::int64_t value = letter == '+' ? 1 : -1;
        if (letter == 'r') {
            value = counter.read();
        } else {
            handle.add(value);
        }
        history.push_back({letter == 'r', value, {before, running().mark()}});
    }
}

template <class Counter>
void run(const std::vector<std::string>& plan) {
    Counter counter;
    counter_history history;
    std::vector<std::function<void()>> threads;
    for (const std::string& letters : plan) {
        threads.emplace_back([&] { work(counter, letters, history); });
    }
    running().run_threads(threads);
    work(counter, "r", history);
    check(history, Counter::spec.value);
}

template <class Counter>
void add(std::vector<scenario>& to, std::string name, const bounds& limits, std::vector<std::string> plan) {
    const auto threads = static_cast<unsigned>(plan.size());
    to.push_back({.implementation = std::string(Counter::spec.name),
                  .name = std::move(name),
                  .threads = threads,
                  .limits = limits,
                  .body = [plan = std::move(plan)] { run<Counter>(plan); }});
}

constexpr bounds middle{.preemptions = 3, .stale = 2, .spurious = 1};
constexpr bounds narrow{.preemptions = 2, .stale = 1, .spurious = 1};

template <class Counter>
void add_exact(std::vector<scenario>& to) {
    add<Counter>(to, "add against subtract", middle, {"+-r", "+r"});
    add<Counter>(to, "two add, one reads", narrow, {"+", "+", "rr"});
}

template <class Counter>
void add_sharded(std::vector<scenario>& to) {
    add<Counter>(to, "two add", middle, {"++", "++"});
    add<Counter>(to, "two add, one reads", narrow, {"+", "+", "r"});
    // With 15 handles between theirs, the two of 16 shards are the same.
    add<Counter>(to, "two add to one shard", narrow, {"+", std::string(15, 'h') + "+"});
}

}  // namespace

void add_counter_scenarios(std::vector<scenario>& to) {
    add_exact<mutex_counter>(to);
    add_exact<ttas_counter>(to);
    add_exact<ticket_counter>(to);
    add_exact<seq_cst_fetch_add_counter>(to);
    add_exact<relaxed_fetch_add_counter>(to);
    add_exact<cas_loop_counter>(to);
    add_sharded<sharded_padded_counter>(to);
    add_sharded<sharded_unpadded_counter>(to);
    add<thread_slot_counter>(to, "two add", middle, {"++", "++"});
    add<thread_slot_counter>(to, "two add, one reads", narrow, {"+", "+", "r"});
    add<thread_slot_counter>(to, "a handle takes over a cell", narrow, {"+", "h+r"});
    // The explorer has no restartable sequences: what it sees is the falling back.
    add<per_cpu_counter>(to, "two add", narrow, {"++", "++"});
    add<per_cpu_counter>(to, "two add, one reads", narrow, {"+", "+", "r"});
}

}  // namespace handoff::exploration
