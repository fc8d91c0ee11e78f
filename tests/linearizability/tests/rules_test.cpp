// Each rule by one history that breaks it, one that just does not, and the calls that are shown for it.
#include <gtest/gtest.h>

#include <algorithm>

#include "checkers/counter_checker.hpp"
#include "checkers/diagram.hpp"
#include "checkers/items.hpp"
#include "checkers/queue_checker.hpp"
#include "hand_made.hpp"

namespace handoff::linearizability::testing {
namespace {

constexpr std::size_t plenty = 100'000;

// The rule that the history breaks, or "".
std::string_view broken_rule(const history& calls, const queue_promise& promise = {}) {
    const queue_verdict verdict = check_queue(calls, promise, plenty);
    return verdict.broken ? verdict.broken->rule : "";
}

history witness(const history& calls, const queue_promise& promise = {}) {
    return check_queue(calls, promise, plenty).broken.value().witness;
}

TEST(rules_test, what_is_popped_was_pushed_once_and_before) {
    EXPECT_EQ(broken_rule({pop(1, 0, {1, 2})}), "foreign");
    EXPECT_EQ(broken_rule({push(1, 0, {5, 6}), pop(1, 1, {1, 4})}), "foreign");
    EXPECT_EQ(broken_rule({push(1, 0, {4, 6}), pop(1, 1, {1, 4})}), "");
    EXPECT_EQ(broken_rule({push(1, 0, {1, 2}), pop(1, 1, {3, 4}), pop(1, 2, {3, 4})}), "twice");
    EXPECT_THROW(find_items({push(1, 0, {1, 2}), push(1, 1, {3, 4})}), std::invalid_argument);
}

TEST(rules_test, fifo_is_broken_by_two_items_that_change_places) {
    const history swapped{push(1, 0, {1, 2}), push(2, 0, {3, 4}), pop(2, 1, {5, 6}), pop(1, 1, {7, 8})};
    EXPECT_EQ(broken_rule(swapped), "order");
    EXPECT_EQ(broken_rule(swapped, {.delivery = order::unordered}), "");
    EXPECT_EQ(broken_rule({push(1, 0, {1, 3}), push(2, 1, {3, 4}), pop(2, 1, {5, 6}), pop(1, 1, {7, 8})}),
              "");
    EXPECT_EQ(broken_rule({push(1, 0, {1, 2}), push(2, 0, {3, 4}), pop(2, 1, {5, 7}), pop(1, 2, {7, 8})}),
              "");
}

TEST(rules_test, an_item_that_stays_while_a_later_one_leaves_breaks_fifo) {
    EXPECT_EQ(broken_rule({push(1, 0, {1, 2}), push(2, 0, {3, 4}), pop(2, 1, {5, 6})}), "order");
    EXPECT_EQ(broken_rule({push(1, 0, {1, 2}), push(2, 0, {3, 4}), pop(1, 1, {5, 6})}), "");
}

TEST(rules_test, producers_may_overtake_each_other_but_not_themselves) {
    const queue_promise per_producer{.delivery = order::per_producer_fifo};
    const history between{push(1, 0, {1, 2}), push(2, 1, {3, 4}), pop(2, 2, {5, 6}), pop(1, 2, {7, 8})};
    EXPECT_EQ(broken_rule(between), "order");
    EXPECT_EQ(broken_rule(between, per_producer), "");
    const history within{push(1, 0, {1, 2}), push(2, 0, {3, 4}), pop(2, 2, {5, 6}), pop(1, 2, {7, 8})};
    EXPECT_EQ(broken_rule(within, per_producer), "producer's order");
}

TEST(rules_test, a_stack_gives_out_what_lies_on_top) {
    const queue_promise lifo{.delivery = order::lifo};
    const history from_below{push(1, 0, {1, 2}), push(2, 0, {3, 4}), pop(1, 1, {5, 6}), pop(2, 1, {7, 8})};
    EXPECT_EQ(broken_rule(from_below, lifo), "order");
    EXPECT_EQ(
        broken_rule({push(1, 0, {1, 2}), push(2, 0, {3, 4}), pop(2, 1, {5, 6}), pop(1, 1, {7, 8})}, lifo),
        "");
    const history never_popped{push(1, 0, {1, 2}), push(2, 0, {3, 4}), pop(1, 1, {5, 6})};
    EXPECT_EQ(broken_rule(never_popped, lifo), "order");
}

TEST(rules_test, no_more_items_are_left_behind_than_promised) {
    const history two_behind{push(1, 0, {1, 2}), push(2, 0, {3, 4}), push(3, 0, {5, 6}),
                             pop(3, 1, {7, 8}),  pop(1, 1, {9, 10}), pop(2, 1, {11, 12})};
    EXPECT_EQ(broken_rule(two_behind, {.delivery = order::k_relaxed}), "");
    EXPECT_EQ(broken_rule(two_behind, {.delivery = order::k_relaxed, .most_overtaken = 2}), "");
    const queue_promise one{.delivery = order::k_relaxed, .most_overtaken = 1};
    EXPECT_EQ(broken_rule(two_behind, one), "order");
    EXPECT_EQ(witness(two_behind, one).size(), 6U) << "the item that left early, and two that it left behind";
    // An item may be left behind again and again, by one pop after another.
    const history again{push(1, 0, {1, 2}), push(2, 0, {3, 4}), push(3, 0, {5, 6}),
                        pop(2, 1, {7, 8}),  pop(3, 1, {9, 10}), pop(1, 1, {11, 12})};
    EXPECT_EQ(broken_rule(again, one), "");
}

TEST(rules_test, empty_needs_an_instant_without_items) {
    const history there{push(1, 0, {1, 2}), empty(1, {3, 4}), pop(1, 1, {5, 6})};
    EXPECT_EQ(broken_rule(there), "empty");
    EXPECT_EQ(broken_rule({push(1, 0, {1, 3}), empty(1, {3, 4}), pop(1, 1, {5, 6})}), "");
    EXPECT_EQ(broken_rule({push(1, 0, {1, 2}), empty(1, {3, 5}), pop(1, 2, {5, 6})}), "");
    // Two items relieve one another, so that it was never empty; at 6 they might have missed each other.
    const history relay{push(1, 0, {1, 2}), push(2, 0, {3, 5}),  empty(1, {3, 9}),
                        pop(1, 2, {6, 7}),  pop(2, 2, {10, 11}), push(3, 0, {7, 8})};
    EXPECT_EQ(broken_rule(relay), "empty");
    EXPECT_EQ(witness(relay).size(), 5U) << "the pop that failed, and the two items that show it";
    EXPECT_EQ(broken_rule({push(1, 0, {1, 2}), push(2, 0, {3, 6}), empty(1, {3, 9}), pop(1, 2, {6, 7}),
                           pop(2, 2, {10, 11})}),
              "");
}

TEST(rules_test, a_lost_item_is_seen_by_the_drain) {
    const history lost{push(1, 0, {1, 2}), push(2, 0, {3, 4}), pop(1, 1, {5, 6}), empty(alone, {7, 8})};
    EXPECT_EQ(broken_rule(lost), "empty");
    EXPECT_EQ(broken_rule(lost, {.delivery = order::unordered, .failure = try_failure::spurious}), "empty");
    EXPECT_EQ(witness(lost), (history{lost[3], lost[1]}));
}

TEST(rules_test, full_needs_an_instant_with_capacity_items) {
    const queue_promise two{.capacity = 2};
    EXPECT_EQ(broken_rule({push(1, 0, {1, 2}), full(2, 0, {3, 4})}, two), "full");
    EXPECT_EQ(broken_rule({push(1, 0, {1, 2}), full(2, 0, {3, 4}), push(3, 1, {4, 5})}, two), "");
    EXPECT_EQ(broken_rule({push(1, 0, {1, 2}), full(2, 0, {3, 4}), push(3, 1, {5, 6})}, two), "full");
    EXPECT_EQ(broken_rule({push(1, 0, {1, 2}), push(2, 0, {3, 4}), push(3, 0, {5, 6})}, two), "capacity");
    EXPECT_EQ(broken_rule({full(1, 0, {1, 2})}), "full") << "an unbounded queue is never full";
}

// Each of the three failures could be right, but item 1 would have to be there, then not, then there again.
TEST(rules_test, what_the_rules_miss_the_search_finds_and_shows_without_bystanders) {
    const queue_promise one{.capacity = 1};
    const history calls{push(9, 3, {1, 2}),   pop(9, 3, {3, 4}),  push(1, 0, {11, 30}), pop(1, 1, {12, 31}),
                        full(2, 2, {13, 14}), empty(3, {16, 17}), full(3, 2, {19, 20}), empty(3, {40, 41})};
    const queue_verdict rules = check_queue(calls, one);
    EXPECT_FALSE(rules.broken);
    EXPECT_FALSE(rules.exact);
    EXPECT_EQ(broken_rule(calls, one), "linearizability");
    const history shown{calls[4], calls[5], calls[6], calls[2], calls[3]};
    EXPECT_EQ(witness(calls, one), shown) << "those that failed first";
    EXPECT_EQ(check_queue(calls, one, plenty).broken->accused, 3U);
}

// The pushes that failed want item 1 there from 14 to 19, the pops want it gone by 17: each for itself may
// be.
TEST(rules_test, the_ends_may_each_have_an_order_of_their_own) {
    const history calls{push(1, 0, {11, 30}), pop(1, 1, {12, 31}), full(2, 2, {13, 14}), empty(3, {16, 17}),
                        full(3, 2, {19, 20})};
    EXPECT_EQ(broken_rule(calls, {.capacity = 1}), "linearizability");
    const queue_promise per_end{.capacity = 1, .failure = try_failure::exact_per_end};
    EXPECT_EQ(broken_rule(calls, per_end), "");
    // But one end's failures have one order: item 1 would have to leave for item 4, and come back.
    const history refilled{push(1, 0, {11, 30}), pop(1, 1, {12, 31}), full(2, 2, {13, 14}),
                           push(4, 2, {15, 16}), pop(4, 3, {17, 18}), full(3, 2, {19, 20})};
    EXPECT_EQ(broken_rule(refilled, per_end), "linearizability");
}

TEST(rules_test, failures_are_excused_as_the_spec_admits) {
    const history held_up{push(1, 0, {1, 2}), push(2, 1, {3, 9}), empty(2, {4, 5}), pop(1, 2, {10, 11}),
                          pop(2, 2, {12, 13})};
    EXPECT_EQ(broken_rule(held_up), "empty");
    EXPECT_EQ(broken_rule(held_up, {.failure = try_failure::in_flight}), "");
    const history too_late{push(1, 0, {1, 2}), push(2, 1, {3, 4}), empty(2, {5, 6})};
    EXPECT_EQ(broken_rule(too_late, {.failure = try_failure::in_flight}), "empty");
    EXPECT_EQ(broken_rule(too_late, {.failure = try_failure::spurious}), "");
}

TEST(rules_test, calls_under_way_may_have_reserved_places_and_items) {
    const queue_promise exact{.capacity = 2};
    const queue_promise reserving{.capacity = 2, .failure = try_failure::in_flight};
    // A push that has taken its place and not yet filled it (seen in boost::lockfree::queue).
    const history place{push(1, 0, {1, 20}), push(2, 1, {2, 3}),  full(3, 1, {4, 5}), pop(2, 2, {6, 7}),
                        push(4, 1, {8, 9}),  pop(4, 3, {10, 11}), pop(1, 3, {12, 13})};
    EXPECT_EQ(broken_rule(place, exact), "linearizability");
    EXPECT_EQ(broken_rule(place, reserving), "");
    EXPECT_EQ(broken_rule(place, {.capacity = 3, .failure = try_failure::in_flight}), "full");
    // A pop that has claimed an item and takes it later; by then it is another one.
    const history claimed{push(1, 0, {1, 2}), pop(2, 1, {3, 20}), empty(2, {4, 5}), push(2, 0, {6, 7}),
                          pop(1, 2, {8, 9})};
    EXPECT_EQ(broken_rule(claimed, exact), "empty");
    EXPECT_EQ(broken_rule(claimed, reserving), "");
    history two_there = claimed;
    two_there.insert(two_there.begin() + 1, push(9, 3, {1, 2}));
    const queue_promise any_order{.delivery = order::unordered, .failure = try_failure::in_flight};
    EXPECT_EQ(broken_rule(two_there, any_order), "empty");
    // Two items show it, and item 2 must not be missing: but for its pop, one of the two would do.
    history three_there = two_there;
    three_there.insert(three_there.begin(), push(8, 4, {1, 2}));
    const history shown{empty(2, {4, 5}), push(8, 4, {1, 2}), push(9, 3, {1, 2}), push(2, 0, {6, 7}),
                        pop(2, 1, {3, 20})};
    EXPECT_EQ(witness(three_there, any_order), shown);
}

// The call that the sentence is about.
TEST(rules_test, the_accused_call_comes_first) {
    struct accusation {
        history calls;
        queue_promise promise;
        std::string_view rule;
        std::size_t accused;  // its place in `calls`
    };
    const history in_order{push(1, 0, {1, 2}), push(2, 0, {3, 4}), pop(1, 1, {5, 6}), pop(2, 1, {7, 8})};
    const history swapped{push(1, 0, {1, 2}), push(2, 0, {3, 4}), pop(2, 1, {5, 6}), pop(1, 1, {7, 8})};
    const accusation accusations[] = {
        {{pop(1, 1, {1, 2}), push(1, 0, {3, 4})}, {}, "foreign", 0},
        {{push(1, 0, {1, 2}), pop(1, 1, {3, 4}), pop(1, 2, {5, 6})}, {}, "twice", 2},
        {swapped, {}, "order", 2},
        {swapped, {.delivery = order::per_producer_fifo}, "producer's order", 2},
        {in_order, {.delivery = order::lifo}, "order", 2},
        {{push(1, 0, {1, 2}), empty(1, {3, 4})}, {}, "empty", 1},
        {{push(1, 0, {1, 2}), empty(1, {3, 4})}, {.failure = try_failure::in_flight}, "empty", 1},
        {{push(1, 0, {1, 2}), full(2, 0, {3, 4})}, {.capacity = 2}, "full", 1},
        {{push(1, 0, {1, 2}), full(2, 0, {3, 4})}, {}, "full", 1},
        {in_order, {.capacity = 1}, "capacity", 1},
    };
    for (const accusation& each : accusations) {
        const finding broken = check_queue(each.calls, each.promise).broken;
        ASSERT_TRUE(broken) << each.rule;
        EXPECT_EQ(broken->rule, each.rule);
        EXPECT_EQ(broken->witness.front(), each.calls[each.accused]) << report(*broken);
        EXPECT_EQ(broken->accused, 1U) << each.rule;
    }
}

TEST(rules_test, the_search_gives_up_where_it_is_told_to) {
    const history calls{push(1, 0, {1, 9}), push(2, 1, {1, 9}), full(3, 2, {1, 9}), pop(2, 3, {10, 11})};
    EXPECT_TRUE(check_queue(calls, {.capacity = 2}, plenty).exact);
    const queue_verdict verdict = check_queue(calls, {.capacity = 2}, 1);
    EXPECT_FALSE(verdict.broken);
    EXPECT_FALSE(verdict.exact);
}

std::string_view broken_rule(const history& calls, read_guarantee promise) {
    const finding broken = check_counter(calls, promise);
    return broken ? broken->rule : "";
}

TEST(rules_test, reads_of_a_counter) {
    const history lost{add(0, {1, 2}), add(1, {1, 2}), read(1, 2, {3, 4})};
    EXPECT_EQ(broken_rule(lost, read_guarantee::exact), "lost");
    EXPECT_EQ(broken_rule(lost, read_guarantee::quiescent), "lost");
    EXPECT_EQ(broken_rule(lost, read_guarantee::lossy), "");
    const history surplus{add(0, {1, 2}), read(2, 2, {3, 4}), add(0, {5, 6})};
    EXPECT_EQ(broken_rule(surplus, read_guarantee::lossy), "surplus");
    const history falling{add(0, {1, 9}), read(1, 1, {2, 3}), read(0, 1, {4, 5})};
    EXPECT_EQ(broken_rule(falling, read_guarantee::exact), "falling");
    EXPECT_EQ(broken_rule(falling, read_guarantee::quiescent), "");
    const history below_zero{read(~std::uint64_t{0}, 0, {1, 2})};
    EXPECT_EQ(broken_rule(below_zero, read_guarantee::quiescent), "lost");
    EXPECT_THROW(check_counter({{1, 2, 5, 0, call::add, outcome::success}}, read_guarantee::exact),
                 std::invalid_argument);
}

TEST(rules_test, reads_that_no_order_of_the_adds_explains) {
    const history crossed{add(0, {1, 30}),    add(1, {12, 14}),     read(0, 2, {2, 3}),
                          read(1, 2, {4, 5}), read(1, 3, {20, 21}), read(2, 2, {40, 41})};
    EXPECT_EQ(broken_rule(crossed, read_guarantee::quiescent), "");
    const finding broken = check_counter(crossed, read_guarantee::exact);
    ASSERT_TRUE(broken);
    EXPECT_EQ(broken->rule, "linearizability");
    EXPECT_EQ(std::count_if(broken->witness.begin(), broken->witness.end(),
                            [](const operation& o) { return o.what == call::read; }),
              2);
    // One add more before all of them is counted by each read, and so is shown.
    history later{add(3, {0, 0})};
    for (operation o : crossed) {
        o.value += o.what == call::read;
        later.push_back(o);
    }
    EXPECT_EQ(check_counter(later, read_guarantee::exact).value().witness.size(), broken->witness.size() + 1);
}

TEST(diagram_test, shows_each_call_to_scale) {
    const history calls{push(1, 0, {100, 183}), pop(1, 1, {141, 142}), empty(alone, {180, 183})};
    EXPECT_EQ(
        diagram(calls),
        "thread 0  | [-----------------------------------------a----------------------------------------]\n"
        "thread 1  |                                          [b\n"
        "alone     |                                                                                 [-c]\n"
        "  a  push 1             0 ... 83\n"
        "  b  pop = 1           41 ... 42\n"
        "  c  pop: empty        80 ... 83\n");
}

TEST(diagram_test, opens_a_line_where_the_scale_has_no_room_and_counts_what_it_leaves_out) {
    const history close{push(1, 0, {0, 10}), push(2, 0, {11, 12}), push(3, 0, {50'000, 100'000})};
    const std::string two_lines = diagram(close);
    EXPECT_EQ(std::count(two_lines.begin(), two_lines.end(), '|'), 2) << two_lines;
    history many;
    for (std::uint16_t i = 0; i < 60; ++i) many.push_back(push(i, 0, {2U * i, 2U * i + 1U}));
    EXPECT_NE(diagram(many).find("and 8 later calls"), std::string::npos);
    EXPECT_EQ(diagram({}), "");
}

// A call with its stamps, as the legend gives them.
std::string legend_of(const operation& o, stamp first) {
    return describe(o) + "  " + std::string(8 - std::to_string(o.invoked - first).size(), ' ') +
           std::to_string(o.invoked - first) + " ... " + std::to_string(o.responded - first) + '\n';
}

TEST(diagram_test, draws_what_is_accused_and_the_calls_nearest_to_it) {
    history late;
    for (std::uint16_t i = 0; i < 60; ++i) late.push_back(add(i, {2U * i, 2U * i + 1U}));
    late.push_back(read(59, 60, {200, 201}));
    const finding broken = check_counter(late, read_guarantee::exact);
    ASSERT_TRUE(broken);
    ASSERT_EQ(broken->witness.size(), 61U) << "one add more than was read";
    const std::string shown = report(*broken);
    EXPECT_NE(shown.find(legend_of(late[60], late[9].invoked)), std::string::npos) << shown;
    for (std::uint16_t i = 0; i < 60; ++i) {
        const std::string row = "thread " + std::to_string(i) + ' ';
        EXPECT_EQ(shown.find(row) != std::string::npos, i >= 9) << row << '\n' << shown;
    }
    EXPECT_NE(shown.find("and 9 calls farther away\n"), std::string::npos) << shown;
}

// More items than a queue has places: the push that was one too many comes after all the others.
TEST(diagram_test, draws_the_push_that_overfilled_a_large_queue) {
    history many;
    for (std::uint16_t i = 0; i < 65; ++i) many.push_back(push(i, 0, {2U * i, 2U * i + 1U}));
    const finding broken = check_queue(many, {.capacity = 64}).broken;
    ASSERT_TRUE(broken);
    EXPECT_EQ(broken->witness.front(), many.back());
    const std::string shown = report(*broken);
    EXPECT_NE(shown.find("push 64  "), std::string::npos) << shown;
    EXPECT_NE(shown.find("and 13 calls farther away\n"), std::string::npos) << shown;
}

}  // namespace
}  // namespace handoff::linearizability::testing
