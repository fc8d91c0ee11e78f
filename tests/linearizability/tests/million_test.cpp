// A history of a million calls: judged rightly, and in time. The time is printed, not tested.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <set>
#include <utility>

#include "../../conformance/build.hpp"
#include "checkers/counter_checker.hpp"
#include "checkers/diagram.hpp"
#include "checkers/queue_checker.hpp"
#include "random_history.hpp"

namespace handoff::linearizability::testing {
namespace {

// A sanitizer judges the checkers' own code, for which fewer do.
constexpr std::size_t million = conformance::is_sanitized ? 200'000 : 1'000'000;

template <class Check>
auto timed(const char* what, Check check) {
    const auto start = std::chrono::steady_clock::now();
    auto result = check();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::printf("%s: %zu calls in %.2f s\n", what, million, seconds.count());
    return result;
}

history a_million_calls(random_source& random, const sequential_queue& queue) {
    return legal_queue_history(
        random, {.queue = queue, .threads = 4, .calls = million, .push_percent = 50, .stretch = 8});
}

// Two pops from the middle on, of items so far apart that neither their pushes nor their pops can overlap: a
// call reaches 8 beyond its instant, and instants are at least 1 apart.
void swap_two_pops(history& calls) {
    operation* first = nullptr;
    for (auto o = calls.begin() + million / 2; o != calls.end(); ++o) {
        if (o->what != call::pop || !o->succeeded()) continue;
        if (first == nullptr) first = &*o;
        if (o->value < first->value + 20) continue;
        std::swap(first->value, o->value);
        return;
    }
    FAIL() << "no two pops that are so far apart";
}

// Pops, one after the other, what a FIFO still holds; values were pushed in ascending order. Says when.
stamp drain(history& calls) {
    std::set<std::uint64_t> held;
    stamp now = 0;
    for (const operation& o : calls) {
        now = std::max(now, o.responded);
        if (o.what == call::push && o.succeeded()) held.insert(o.value);
    }
    for (const operation& o : calls) {
        if (o.what == call::pop && o.succeeded()) held.erase(o.value);
    }
    for (const std::uint64_t value : held) {
        ++now;
        calls.push_back({now, now, value, alone, call::pop, outcome::success});
    }
    return now + 1;
}

TEST(million_test, fifo_is_judged) {
    random_source random(test_seed());
    history calls = a_million_calls(random, {});
    const queue_verdict good = timed("FIFO", [&] { return check_queue(calls, {}); });
    ASSERT_FALSE(good.broken) << report(*good.broken);
    EXPECT_TRUE(good.exact);
    swap_two_pops(calls);
    const queue_verdict bad = timed("FIFO, two pops swapped", [&] { return check_queue(calls, {}); });
    ASSERT_TRUE(bad.broken);
    EXPECT_LE(bad.broken->witness.size(), 4U) << report(*bad.broken);
}

TEST(million_test, other_promises_are_judged) {
    random_source random(test_seed());
    for (const auto& [name, delivery] : {std::pair{"FIFO per producer", order::per_producer_fifo},
                                         std::pair{"unordered", order::unordered}}) {
        history calls = a_million_calls(random, {.delivery = delivery});
        const queue_promise promise{.delivery = delivery};
        const queue_verdict good = timed(name, [&] { return check_queue(calls, promise); });
        ASSERT_FALSE(good.broken) << report(*good.broken);
        EXPECT_TRUE(good.exact);
        EXPECT_TRUE(check_queue(calls, {}).broken) << name << " taken for FIFO";
    }
}

TEST(million_test, failures_in_flight_are_judged) {
    random_source random(test_seed());
    history calls = a_million_calls(random, {.delivery = order::fifo, .capacity = 4});
    const stamp end = drain(calls);
    const queue_promise promise{.capacity = 4, .failure = try_failure::in_flight};
    const queue_verdict good = timed("FIFO of 4, in flight", [&] { return check_queue(calls, promise); });
    ASSERT_FALSE(good.broken) << report(*good.broken);
    EXPECT_GT(good.excused, 0U);
    calls.push_back({end, end, 0, alone, call::pop, outcome::empty});
    calls.push_back({end + 1, end + 1, million + 1, alone, call::push, outcome::success});
    calls.push_back({end + 2, end + 2, 0, alone, call::pop, outcome::empty});
    const queue_verdict bad = check_queue(calls, promise);
    ASSERT_TRUE(bad.broken);
    EXPECT_EQ(bad.broken->rule, "empty") << report(*bad.broken);
}

TEST(million_test, bounded_fifo_is_judged_by_the_rules) {
    random_source random(test_seed());
    const queue_promise promise{.capacity = 4};
    const history calls = a_million_calls(random, {.delivery = order::fifo, .capacity = 4});
    const queue_verdict good = timed("FIFO of 4", [&] { return check_queue(calls, promise); });
    ASSERT_FALSE(good.broken) << report(*good.broken);
    const queue_verdict bad = check_queue(calls, {.capacity = 3});
    ASSERT_TRUE(bad.broken);
    EXPECT_EQ(bad.broken->rule, "capacity") << report(*bad.broken);
}

TEST(million_test, lifo_is_judged_by_the_rules) {
    random_source random(test_seed());
    const history calls = a_million_calls(random, {.delivery = order::lifo});
    const queue_promise promise{.delivery = order::lifo};
    const queue_verdict good = timed("LIFO", [&] { return check_queue(calls, promise); });
    ASSERT_FALSE(good.broken) << report(*good.broken);
    EXPECT_TRUE(check_queue(calls, {}).broken) << "a stack taken for a queue";
}

TEST(million_test, counter_is_judged) {
    random_source random(test_seed());
    history calls = legal_counter_history(
        random, {.queue = {}, .threads = 4, .calls = million, .push_percent = 70, .stretch = 8});
    for (const auto& [name, promise] : {std::pair{"counter", read_guarantee::exact},
                                        std::pair{"quiescent counter", read_guarantee::quiescent},
                                        std::pair{"lossy counter", read_guarantee::lossy}}) {
        const finding good = timed(name, [&, promised = promise] { return check_counter(calls, promised); });
        ASSERT_FALSE(good) << report(*good);
    }
    for (auto o = calls.begin() + million / 2; o != calls.end(); ++o) {
        if (o->what != call::read) continue;
        o->value -= 30;  // more than the calls of four threads that can overlap it
        break;
    }
    EXPECT_TRUE(check_counter(calls, read_guarantee::exact));
    EXPECT_TRUE(check_counter(calls, read_guarantee::quiescent));
    EXPECT_FALSE(check_counter(calls, read_guarantee::lossy)) << "it may lose adds";
    calls.push_back({0, 0, 5, alone, call::read, outcome::success});
    EXPECT_TRUE(check_counter(calls, read_guarantee::lossy));
}

}  // namespace
}  // namespace handoff::linearizability::testing
