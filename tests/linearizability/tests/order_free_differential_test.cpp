// What is found without stamps, against the reference: random bursts, legal and not, with all stamps wiped.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <string>

#include "../../conformance/build.hpp"
#include "checkers/diagram.hpp"
#include "checkers/order_free.hpp"
#include "counter.hpp"
#include "exhaustive.hpp"
#include "random_history.hpp"

namespace handoff::linearizability::testing {
namespace {

// A sanitizer judges the checkers' own code, for which fewer do.
constexpr std::size_t bursts_per_promise = conformance::is_sanitized ? 5'000 : 20'000;

burst_record without_stamps(burst_record burst) {
    for (history* const part : {&burst.before, &burst.during, &burst.after}) {
        for (operation& o : *part) o.invoked = o.responded = 0;
    }
    return burst;
}

// Each call with its place in the record for a stamp.
history with_places(const burst_record& burst) {
    history calls = burst.all();
    stamp place = 0;
    for (operation& o : calls) o.invoked = o.responded = ++place;
    return calls;
}

// All that is known of the order of such calls: that of each thread, and which were made alone, before or
// after. An order of the calls that keeps this is one that some placing of the calls in time allows, and each
// placing allows only such orders. So none is legal if and only if the burst is illegal however it is placed.
bool known_order(const operation& first, const operation& second) {
    const bool comparable = first.thread == second.thread || first.thread == alone || second.thread == alone;
    return comparable && first.invoked < second.invoked;
}

// Calls that failed while others ran are left out: what they may return without stamps is not judged.
history judged(const burst_record& burst) {
    history calls;
    for (const operation& o : with_places(burst)) {
        if (o.succeeded() || o.thread == alone) calls.push_back(o);
    }
    return calls;
}

recipe burst_recipe(random_source& random, const sequential_queue& queue) {
    return {.queue = queue,
            .threads = 2 + below(random, 3),
            .calls = 3 + below(random, 6),
            .push_percent = 40 + 10 * below(random, 3),
            .stretch = 1 + below(random, 9),
            .spurious_percent = 10 * below(random, 3)};
}

struct queue_case {
    const char* name;
    order delivery;
    std::optional<std::size_t> capacity;
    std::set<std::string_view> rules;  // all that must be seen to alarm
};

const queue_case queues[] = {
    {"fifo", order::fifo, {}, {"foreign", "twice", "lost", "full", "order"}},
    {"fifo_of_1", order::fifo, 1, {"foreign", "twice", "lost", "full", "capacity", "order"}},
    {"fifo_of_2", order::fifo, 2, {"foreign", "twice", "lost", "full", "capacity", "order"}},
    {"per_producer_fifo",
     order::per_producer_fifo,
     {},
     {"foreign", "twice", "lost", "full", "producer's order"}},
    {"lifo_of_2", order::lifo, 2, {"foreign", "twice", "lost", "full", "capacity"}},
    {"unordered", order::unordered, {}, {"foreign", "twice", "lost", "full"}},
};

class order_free_differential_test : public ::testing::TestWithParam<queue_case> {
protected:
    const sequential_queue queue_{.delivery = GetParam().delivery, .capacity = GetParam().capacity};
    const queue_promise promise_{
        .delivery = GetParam().delivery, .capacity = GetParam().capacity, .failure = try_failure::spurious};
    random_source random_{test_seed()};
};

TEST_P(order_free_differential_test, a_legal_burst_is_never_alarmed_at) {
    for (std::size_t i = 0; i < bursts_per_promise; ++i) {
        const burst_record burst = legal_queue_burst(random_, burst_recipe(random_, queue_));
        const finding broken = check_without_stamps(without_stamps(burst), promise_);
        ASSERT_FALSE(broken) << report(*broken) << "in\n" << diagram(burst.all());
    }
}

TEST_P(order_free_differential_test, an_alarm_is_right_however_the_calls_lay_in_time) {
    const sequential_object reference = queue_object(queue_);
    std::set<std::string_view> rules;
    std::size_t alarms = 0;
    std::size_t illegal = 0;
    for (std::size_t i = 0; i < bursts_per_promise; ++i) {
        burst_record burst = legal_queue_burst(random_, burst_recipe(random_, queue_));
        for (std::uint64_t changes = 1 + below(random_, 3); changes > 0; --changes) {
            change_queue_burst(random_, burst);
        }
        const finding broken = check_without_stamps(without_stamps(burst), promise_);
        const bool expected = linearizable(judged(burst), reference, known_order);
        illegal += !expected;
        if (!broken) continue;
        ++alarms;
        rules.insert(broken->rule);
        ASSERT_FALSE(expected) << "false alarm: " << report(*broken) << "in\n" << diagram(with_places(burst));
    }
    std::printf("%s without stamps: %zu bursts, %zu illegal however they are placed, %zu found\n",
                GetParam().name, bursts_per_promise, illegal, alarms);
    EXPECT_EQ(rules, GetParam().rules);
    EXPECT_GT(alarms, illegal / 2);
    EXPECT_GT(alarms, bursts_per_promise / 10);
}

INSTANTIATE_TEST_SUITE_P(promises, order_free_differential_test, ::testing::ValuesIn(queues),
                         [](const auto& tested) { return std::string(tested.param.name); });

struct counter_case {
    const char* name;
    read_guarantee promise;
    std::set<std::string_view> rules;
};

const counter_case counters[] = {
    {"exact", read_guarantee::exact, {"lost", "falling", "surplus"}},
    {"quiescent", read_guarantee::quiescent, {"lost", "surplus"}},
    {"lossy", read_guarantee::lossy, {"surplus"}},
};

// What the read may return, each read taken by itself: no less than the adds that came before it in any case,
// and no more than all but those that came after.
bool may_be_read(const operation& read, const history& calls, bool nothing_lost) {
    std::uint64_t before = 0;
    std::uint64_t not_after = 0;
    for (const operation& o : calls) {
        if (o.what != call::add) continue;
        before += known_order(o, read);
        not_after += !known_order(read, o);
    }
    return (!nothing_lost || read.value >= before) && read.value <= not_after;
}

bool may_be_legal(const burst_record& burst, read_guarantee promise) {
    const history calls = with_places(burst);
    if (promise == read_guarantee::exact) return linearizable(calls, counter_object(), known_order);
    return std::all_of(calls.begin(), calls.end(), [&](const operation& o) {
        return o.what != call::read || may_be_read(o, calls, promise == read_guarantee::quiescent);
    });
}

// Other numbers that the promise admits, by the stamps.
void read_as_promised(random_source& random, burst_record& burst, read_guarantee promise) {
    if (promise == read_guarantee::exact) return;
    const history calls = burst.all();
    for (history* const part : {&burst.during, &burst.after}) {
        for (operation& read : *part) {
            if (read.what != call::read) continue;
            const auto adds = [&](auto counted) {
                return static_cast<std::uint64_t>(
                    std::count_if(calls.begin(), calls.end(),
                                  [&](const operation& o) { return o.what == call::add && counted(o); }));
            };
            const std::uint64_t begun = adds([&](const operation& o) { return !precedes(read, o); });
            const std::uint64_t least = promise == read_guarantee::lossy
                                            ? 0
                                            : adds([&](const operation& o) { return precedes(o, read); });
            read.value = least + below(random, begun - least + 1);
        }
    }
}

class order_free_counter_differential_test : public ::testing::TestWithParam<counter_case> {
protected:
    burst_record legal_burst() {
        burst_record burst = legal_counter_burst(random_, burst_recipe(random_, {}));
        read_as_promised(random_, burst, GetParam().promise);
        return burst;
    }

    random_source random_{test_seed()};
};

TEST_P(order_free_counter_differential_test, a_legal_burst_is_never_alarmed_at) {
    for (std::size_t i = 0; i < bursts_per_promise; ++i) {
        const burst_record burst = legal_burst();
        const finding broken = check_counter_without_stamps(without_stamps(burst), GetParam().promise);
        ASSERT_FALSE(broken) << report(*broken) << "in\n" << diagram(burst.all());
    }
}

TEST_P(order_free_counter_differential_test, an_alarm_is_right_however_the_calls_lay_in_time) {
    std::set<std::string_view> rules;
    std::size_t alarms = 0;
    std::size_t illegal = 0;
    for (std::size_t i = 0; i < bursts_per_promise; ++i) {
        burst_record burst = legal_burst();
        for (std::uint64_t changes = 1 + below(random_, 3); changes > 0; --changes) {
            change_counter_history(random_, below(random_, 4) == 0 ? burst.after : burst.during);
        }
        const finding broken = check_counter_without_stamps(without_stamps(burst), GetParam().promise);
        const bool expected = may_be_legal(burst, GetParam().promise);
        illegal += !expected;
        if (!broken) continue;
        ++alarms;
        rules.insert(broken->rule);
        ASSERT_FALSE(expected) << "false alarm: " << report(*broken) << "in\n" << diagram(with_places(burst));
    }
    std::printf("%s counter without stamps: %zu bursts, %zu illegal however they are placed, %zu found\n",
                GetParam().name, bursts_per_promise, illegal, alarms);
    EXPECT_EQ(rules, GetParam().rules);
    EXPECT_GT(alarms, illegal / 2);
    EXPECT_GT(alarms, bursts_per_promise / 20);
}

INSTANTIATE_TEST_SUITE_P(promises, order_free_counter_differential_test, ::testing::ValuesIn(counters),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace handoff::linearizability::testing
