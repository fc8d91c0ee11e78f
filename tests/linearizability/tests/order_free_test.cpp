// What is found without stamps: all stamps here are zero.
#include <gtest/gtest.h>

#include "checkers/order_free.hpp"
#include "hand_made.hpp"

namespace handoff::linearizability::testing {
namespace {

constexpr interval unknown{0, 0};

std::string_view broken_rule(const burst_record& burst, const queue_promise& promise = {}) {
    const finding broken = check_without_stamps(burst, promise);
    return broken ? broken->rule : "";
}

history pops_alone(const std::vector<std::uint64_t>& values) {
    history calls;
    for (const std::uint64_t value : values) calls.push_back(pop(value, alone, unknown));
    calls.push_back(empty(alone, unknown));
    return calls;
}

TEST(order_free_test, accepts_what_no_thread_can_object_to) {
    // Two consumers may each see their own part in order, whatever the whole looked like.
    const burst_record burst{.before = {push(1, alone, unknown)},
                             .during = {push(2, 0, unknown), push(3, 0, unknown), pop(3, 1, unknown),
                                        empty(1, unknown), pop(1, 2, unknown), pop(2, 2, unknown)},
                             .after = pops_alone({})};
    EXPECT_EQ(broken_rule(burst), "");
}

TEST(order_free_test, finds_what_was_lost_doubled_or_made_up) {
    EXPECT_EQ(broken_rule({{}, {push(1, 0, unknown)}, pops_alone({})}), "lost");
    EXPECT_EQ(broken_rule({{}, {push(1, 0, unknown), pop(1, 1, unknown)}, pops_alone({1})}), "twice");
    EXPECT_EQ(broken_rule({{}, {}, pops_alone({7})}), "foreign");
}

TEST(order_free_test, finds_a_consumer_that_sees_a_producer_out_of_order) {
    const burst_record burst{
        {},
        {push(1, 0, unknown), push(2, 0, unknown), pop(2, 1, unknown), pop(1, 1, unknown)},
        pops_alone({})};
    EXPECT_EQ(broken_rule(burst), "order");
    EXPECT_EQ(broken_rule(burst, {.delivery = order::per_producer_fifo}), "producer's order");
    EXPECT_EQ(broken_rule(burst, {.delivery = order::unordered}), "");
}

TEST(order_free_test, knows_what_was_pushed_before_and_popped_after) {
    EXPECT_EQ(broken_rule({{push(1, alone, unknown)},
                           {push(2, 0, unknown), pop(2, 1, unknown), pop(1, 1, unknown)},
                           pops_alone({})}),
              "order");
    EXPECT_EQ(
        broken_rule({{}, {push(1, 0, unknown), push(2, 0, unknown), pop(2, 1, unknown)}, pops_alone({1})}),
        "order");
}

TEST(order_free_test, a_thread_that_is_alone_sees_the_capacity) {
    const history two{push(1, alone, unknown), push(2, alone, unknown)};
    history refused = two;
    refused.push_back(full(3, alone, unknown));
    EXPECT_EQ(broken_rule({two, {}, pops_alone({1, 2})}, {.capacity = 2}), "");
    EXPECT_EQ(broken_rule({refused, {}, pops_alone({1, 2})}, {.capacity = 2}), "");
    EXPECT_EQ(broken_rule({refused, {}, pops_alone({1, 2})}, {.capacity = 3}), "full");
    EXPECT_EQ(broken_rule({refused, {}, pops_alone({1, 2})}), "full");
    EXPECT_EQ(broken_rule({two, {}, pops_alone({1, 2})}, {.capacity = 1}), "capacity");
}

std::string_view broken_rule(const burst_record& burst, read_guarantee promise) {
    const finding broken = check_counter_without_stamps(burst, promise);
    return broken ? broken->rule : "";
}

TEST(order_free_test, a_thread_sees_its_own_adds_in_a_counter) {
    const history after{read(2, alone, unknown)};
    const burst_record good{{}, {add(0, unknown), read(2, 0, unknown), add(1, unknown)}, after};
    EXPECT_EQ(broken_rule(good, read_guarantee::exact), "");
    const burst_record own_lost{{}, {add(0, unknown), read(0, 0, unknown), add(1, unknown)}, after};
    EXPECT_EQ(broken_rule(own_lost, read_guarantee::quiescent), "lost");
    EXPECT_EQ(broken_rule(own_lost, read_guarantee::lossy), "");
    const burst_record falling{
        {}, {add(0, unknown), read(2, 1, unknown), read(1, 1, unknown), add(2, unknown)}, after};
    EXPECT_EQ(broken_rule(falling, read_guarantee::exact), "falling");
    EXPECT_EQ(broken_rule(falling, read_guarantee::quiescent), "");
    const burst_record short_at_rest{{}, {add(0, unknown), add(0, unknown), add(1, unknown)}, after};
    EXPECT_EQ(broken_rule(short_at_rest, read_guarantee::quiescent), "lost");
    EXPECT_EQ(broken_rule({{}, {add(0, unknown)}, after}, read_guarantee::lossy), "surplus");
}

}  // namespace
}  // namespace handoff::linearizability::testing
