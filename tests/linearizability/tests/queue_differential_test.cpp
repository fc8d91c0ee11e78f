// The checkers of queues against the reference, on random small histories, legal and not.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <iterator>

#include "../../conformance/build.hpp"
#include "checkers/diagram.hpp"
#include "checkers/item_order.hpp"
#include "checkers/queue_checker.hpp"
#include "exhaustive.hpp"
#include "random_history.hpp"

namespace handoff::linearizability::testing {
namespace {

// A sanitizer judges the checkers' own code, for which fewer do.
constexpr std::size_t histories_per_promise = conformance::is_sanitized ? 5'000 : 20'000;
constexpr std::size_t plenty = 1'000'000;  // configurations: never reached by ten calls

struct promise_case {
    const char* name;
    order delivery;
    std::optional<std::size_t> capacity;
    bool decided_by_rules;  // whether the rules alone must agree with the reference
    try_failure failure = try_failure::exact;
    std::size_t most_overtaken = std::numeric_limits<std::size_t>::max();
};

constexpr promise_case promises[] = {
    {"fifo", order::fifo, {}, true},
    {"fifo_of_1", order::fifo, 1, false},
    {"fifo_of_2", order::fifo, 2, false},
    {"fifo_of_3", order::fifo, 3, false},
    {"fifo_of_1_per_end", order::fifo, 1, false, try_failure::exact_per_end},
    {"per_producer_fifo", order::per_producer_fifo, {}, true},
    {"per_producer_fifo_of_2", order::per_producer_fifo, 2, false},
    {"lifo", order::lifo, {}, false},
    {"lifo_of_2", order::lifo, 2, false},
    {"k_relaxed_by_1", order::k_relaxed, {}, false, try_failure::exact, 1},
    {"k_relaxed_by_2_of_3", order::k_relaxed, 3, false, try_failure::exact, 2},
    {"unordered", order::unordered, {}, true},
    {"unordered_of_2", order::unordered, 2, false},
    {"fifo_spurious", order::fifo, {}, true, try_failure::spurious},
    {"fifo_of_2_spurious", order::fifo, 2, false, try_failure::spurious},
    {"unordered_of_1_spurious", order::unordered, 1, false, try_failure::spurious},
};

sequential_queue queue_of(const promise_case& promised) {
    return {.delivery = promised.delivery,
            .capacity = promised.capacity,
            .most_overtaken = promised.most_overtaken};
}

recipe random_recipe(random_source& random, const sequential_queue& queue) {
    return {.queue = queue,
            .threads = 2 + below(random, 3),
            .calls = 4 + below(random, 8),
            .push_percent = 40 + 10 * below(random, 3),
            .stretch = 1 + below(random, 9)};
}

// None to three changes: a fourth of the histories stays as it was made.
history changed(random_source& random, history calls) {
    for (std::uint64_t i = below(random, 4); i > 0; --i) change_queue_history(random, calls);
    return calls;
}

history random_history(random_source& random, const recipe& how) {
    return changed(random, legal_queue_history(random, how));
}

// Only a call that is made alone must not fail spuriously, so then some are.
history random_history_of(random_source& random, const promise_case& promised) {
    const sequential_queue queue = queue_of(promised);
    recipe how = random_recipe(random, queue);
    if (promised.failure != try_failure::spurious) return random_history(random, how);
    how.calls -= 2;
    how.spurious_percent = 20;
    return changed(random, legal_queue_burst(random, how).all());
}

bool allowed(const history& calls, const sequential_object& reference, try_failure failure) {
    const auto legal_without = [&](auto left_out) {
        history rest;
        std::remove_copy_if(calls.begin(), calls.end(), std::back_inserter(rest), left_out);
        return linearizable(rest, reference);
    };
    switch (failure) {
        case try_failure::exact_per_end:
            return legal_without([](const operation& o) { return o.result == outcome::full; }) &&
                   legal_without([](const operation& o) { return o.result == outcome::empty; });
        case try_failure::spurious:
            return legal_without([](const operation& o) { return !o.succeeded() && o.thread != alone; });
        case try_failure::in_flight:
            ADD_FAILURE() << "see in_flight_test";
            break;
        case try_failure::exact:
            break;
    }
    return linearizable(calls, reference);
}

// It may have been there while a push said "full".
bool may_fill(const operation& push, const history& calls) {
    const auto popped = std::find_if(calls.begin(), calls.end(), [&](const operation& o) {
        return o.what == call::pop && o.succeeded() && o.value == push.value;
    });
    const stamp gone = popped == calls.end() ? never : popped->responded;
    return std::any_of(calls.begin(), calls.end(), [&](const operation& o) {
        return o.result == outcome::full && push.invoked <= o.responded && gone >= o.invoked;
    });
}

// The calls without one of what can be left out of a legal history and leave it legal: a call that failed,
// one of two pops of an item, or an item with its pops, unless it may `explain` a call that failed.
std::vector<history> with_one_left_out(const history& calls, auto explains) {
    std::vector<history> smaller;
    const auto leave_out = [&](auto part) {
        smaller.emplace_back();
        std::remove_copy_if(calls.begin(), calls.end(), std::back_inserter(smaller.back()), part);
    };
    for (const operation& o : calls) {
        const auto of_the_item = [&](const operation& other) {
            return other.succeeded() && other.value == o.value;
        };
        const bool pop_of_two =
            o.what == call::pop && std::count_if(calls.begin(), calls.end(), of_the_item) != 2;
        if (!o.succeeded() || pop_of_two) {
            leave_out([&](const operation& other) { return other == o; });
        } else if (o.what == call::push && !explains(o, calls)) {
            leave_out(of_the_item);
        }
    }
    return smaller;
}

// What is shown is wrong by itself and needs each of its parts, and all that may explain it is shown.
void expect_few_calls(const violation& broken, const history& calls, auto legal, auto explains) {
    const history& shown = broken.witness;
    ASSERT_FALSE(legal(shown)) << "what is shown is legal:\n" << report(broken) << "in\n" << diagram(calls);
    for (const history& fewer : with_one_left_out(shown, explains)) {
        ASSERT_TRUE(legal(fewer)) << report(broken) << "more than is needed: these show it, too\n"
                                  << diagram(fewer);
    }
    for (const operation& push : calls) {
        if (push.what != call::push || !push.succeeded()) continue;
        if (std::find(shown.begin(), shown.end(), push) != shown.end()) continue;
        history more = shown;
        std::copy_if(calls.begin(), calls.end(), std::back_inserter(more),
                     [&](const operation& o) { return o.succeeded() && o.value == push.value; });
        ASSERT_FALSE(legal(more) || explains(push, more))
            << report(broken) << "what may explain it is not shown:\n"
            << diagram(more);
    }
}

class queue_differential_test : public ::testing::TestWithParam<promise_case> {};

TEST_P(queue_differential_test, agrees_with_the_reference) {
    const promise_case& promised = GetParam();
    const sequential_queue queue = queue_of(promised);
    const queue_promise promise{.delivery = promised.delivery,
                                .capacity = promised.capacity,
                                .failure = promised.failure,
                                .most_overtaken = promised.most_overtaken};
    const sequential_object reference = queue_object(queue);
    random_source random(test_seed());
    std::size_t legal = 0;
    std::size_t missed_by_rules = 0;
    for (std::size_t i = 0; i < histories_per_promise; ++i) {
        const history calls = random_history_of(random, promised);
        const bool expected = allowed(calls, reference, promised.failure);
        legal += expected;
        const queue_verdict rules = check_queue(calls, promise);
        ASSERT_TRUE(!rules.broken || !expected) << "false alarm: " << report(*rules.broken) << diagram(calls);
        if (rules.exact || promised.decided_by_rules) {
            ASSERT_EQ(!rules.broken, expected) << "the rules do not decide:\n" << diagram(calls);
        }
        missed_by_rules += !rules.broken && !expected;
        const queue_verdict all = check_queue(calls, promise, plenty);
        ASSERT_TRUE(all.broken || all.exact);
        ASSERT_EQ(!all.broken, expected) << diagram(calls);
        if (!all.broken) continue;
        expect_few_calls(
            *all.broken, calls,
            [&](const history& some) { return allowed(some, reference, promised.failure); },
            [&](const operation& o, const history& some) { return promised.capacity && may_fill(o, some); });
        if (HasFatalFailure()) return;
    }
    const std::size_t illegal = histories_per_promise - legal;
    std::printf("%s: %zu histories, %zu legal, %zu illegal, of which the rules alone miss %zu\n",
                promised.name, histories_per_promise, legal, illegal, missed_by_rules);
    EXPECT_GT(legal, histories_per_promise / 10);
    EXPECT_GT(illegal, histories_per_promise / 10);
}

INSTANTIATE_TEST_SUITE_P(promises, queue_differential_test, ::testing::ValuesIn(promises),
                         [](const auto& tested) { return std::string(tested.param.name); });

bool excused_by_definition(const operation& failed, const history& calls) {
    return std::any_of(calls.begin(), calls.end(), [&](const operation& o) {
        return o.succeeded() && o.what != failed.what && overlap(o, failed);
    });
}

// Places or items that calls under way may have reserved explain the failure.
bool reserved_by_definition(const operation& failed, const history& calls, std::int64_t capacity) {
    const auto count = [&](call what, auto condition) {
        return std::count_if(calls.begin(), calls.end(), [&](const operation& o) {
            return o.what == what && o.succeeded() && condition(o);
        });
    };
    for (stamp now = failed.invoked; now <= failed.responded; ++now) {
        const auto begun = [&](const operation& o) { return o.invoked <= now; };
        const auto ended = [&](const operation& o) { return o.responded < now; };
        const bool explained = failed.what == call::push
                                   ? count(call::push, begun) - count(call::pop, ended) >= capacity
                                   : count(call::push, ended) <= count(call::pop, begun);
        if (explained) return true;
    }
    return false;
}

// Whether the rest is legal and every failure is excused or explained.
bool allowed_in_flight(const history& calls, const sequential_queue& queue) {
    history succeeded;
    for (const operation& o : calls) {
        if (o.succeeded()) {
            succeeded.push_back(o);
        } else if (!excused_by_definition(o, calls) &&
                   !reserved_by_definition(o, calls, static_cast<std::int64_t>(queue.capacity.value()))) {
            return false;
        }
    }
    return linearizable(succeeded, queue_object(queue));
}

// Its pop was invoked before its push had completed, and may have reserved another item when a pop failed.
bool may_reserve(const operation& push, const history& calls) {
    const auto any = [&](auto condition) { return std::any_of(calls.begin(), calls.end(), condition); };
    return any([&](const operation& pop) {
        return pop.what == call::pop && pop.succeeded() && pop.value == push.value &&
               pop.invoked <= push.responded && any([&](const operation& failed) {
                   return failed.result == outcome::empty && pop.invoked <= failed.responded &&
                          push.responded >= failed.invoked;
               });
    });
}

bool may_fill_or_reserve(const operation& push, const history& calls) {
    return may_fill(push, calls) || may_reserve(push, calls);
}

TEST(in_flight_test, failures_are_those_that_calls_under_way_explain) {
    random_source random(test_seed());
    constexpr std::size_t capacity = 2;
    const sequential_queue queue{.delivery = order::fifo, .capacity = capacity};
    const queue_promise promise{.capacity = capacity, .failure = try_failure::in_flight};
    std::size_t excused = 0;
    std::size_t failures = 0;
    std::size_t legal = 0;
    for (std::size_t i = 0; i < histories_per_promise; ++i) {
        const history calls = random_history(random, random_recipe(random, queue));
        std::size_t excused_here = 0;
        for (const operation& o : calls) {
            if (!o.succeeded()) ++(excused_by_definition(o, calls) ? excused_here : failures);
        }
        const bool expected = allowed_in_flight(calls, queue);
        const queue_verdict verdict = check_queue(calls, promise, plenty);
        ASSERT_EQ(verdict.excused, excused_here);
        ASSERT_EQ(!verdict.broken, expected)
            << (verdict.broken ? report(*verdict.broken) : "") << diagram(calls);
        if (verdict.broken)
            expect_few_calls(
                *verdict.broken, calls, [&](const history& some) { return allowed_in_flight(some, queue); },
                may_fill_or_reserve);
        if (::testing::Test::HasFatalFailure()) return;
        excused += excused_here;
        legal += expected;
    }
    std::printf("in flight: %zu histories, %zu legal, %zu illegal; %zu failures excused, %zu judged\n",
                histories_per_promise, legal, histories_per_promise - legal, excused, failures);
    EXPECT_GT(excused, 0U);
    EXPECT_GT(failures, 0U);
    EXPECT_GT(histories_per_promise - legal, histories_per_promise / 10);
}

// The definition, in O(n^2).
std::size_t overtaken_by_definition(const std::vector<item>& items) {
    std::size_t most = 0;
    for (const item& b : items) {
        const auto passed = std::count_if(items.begin(), items.end(), [&](const item& a) {
            return precedes(*a.push, *b.push) && b.left() && b.pop->responded < a.pop_invoked();
        });
        most = std::max(most, static_cast<std::size_t>(passed));
    }
    return most;
}

std::size_t least_k(const history& calls, sequential_queue queue) {
    for (queue.most_overtaken = 0; queue.most_overtaken < calls.size(); ++queue.most_overtaken) {
        if (linearizable(calls, queue_object(queue))) break;
    }
    return queue.most_overtaken;
}

TEST(overtaken_test, is_its_definition_and_never_more_than_the_queue_needs) {
    random_source random(test_seed());
    std::size_t relaxed = 0;
    std::size_t same = 0;
    for (std::size_t i = 0; i < histories_per_promise; ++i) {
        sequential_queue queue{.delivery = order::k_relaxed};
        queue.most_overtaken = below(random, 4);
        const history calls = legal_queue_history(random, random_recipe(random, queue));
        const items_found found = find_items(calls);
        ASSERT_FALSE(found.broken);
        const std::size_t seen = overtaken(found.items);
        ASSERT_EQ(seen, overtaken_by_definition(found.items)) << diagram(calls);
        ASSERT_EQ(seen == 0, !check_fifo(found.items)) << diagram(calls);
        const std::size_t least = least_k(calls, queue);
        ASSERT_LE(seen, least) << diagram(calls);
        relaxed += seen > 0;
        same += seen == least;
    }
    std::printf("k: %zu histories, %zu with items overtaken; the k observed is the least possible in %zu\n",
                histories_per_promise, relaxed, same);
    EXPECT_GT(relaxed, histories_per_promise / 10);
}

}  // namespace
}  // namespace handoff::linearizability::testing
