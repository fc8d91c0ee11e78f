#include "history/recorder.hpp"

#include <gtest/gtest.h>

#include "hand_made.hpp"
#include "harness/machine/topology.hpp"

namespace handoff::linearizability::testing {
namespace {

TEST(recorder_test, keeps_what_was_asked_and_what_came_of_it) {
    recorder record(3, 4, stamping::off);
    EXPECT_TRUE(record.push(7, [] { return true; }));
    EXPECT_FALSE(record.push(8, [] { return false; }));
    EXPECT_TRUE(record.pop([](std::uint64_t& value) {
        value = 7;
        return true;
    }));
    EXPECT_FALSE(record.pop([](std::uint64_t&) { return false; }));
    const history expected{push(7, 3, {0, 0}), full(8, 3, {0, 0}), pop(7, 3, {0, 0}), empty(3, {0, 0})};
    EXPECT_EQ(history(record.calls().begin(), record.calls().end()), expected);
    EXPECT_THROW(record.push(9, [] { return true; }), std::length_error);
    record.clear();
    EXPECT_TRUE(record.calls().empty());
}

TEST(recorder_test, stamps_lie_around_the_call) {
    if (!check_stamps({}).trusted) GTEST_SKIP() << check_stamps({}).why;
    recorder record(0, 2, stamping::on);
    stamp inside = 0;
    record.add(1, [&] { inside = response_stamp(); });
    record.read([] { return 5; });
    const operation& added = record.calls()[0];
    EXPECT_LT(added.invoked, inside);
    EXPECT_LT(inside, added.responded);
    EXPECT_EQ(record.calls()[1].value, 5U);
}

TEST(recorder_test, a_thread_makes_one_call_after_the_other_whatever_the_stamps_say) {
    const history recorded{push(1, 0, {10, 20}), push(2, 0, {18, 30}), push(3, 0, {19, 20})};
    history all;
    append(all, recorded);
    EXPECT_EQ(all[1].invoked, 21U);
    EXPECT_EQ(all[1].responded, 30U);
    EXPECT_TRUE(precedes(all[1], all[2]));
    EXPECT_LE(all[2].invoked, all[2].responded);
}

TEST(recorder_test, the_clocks_of_this_machine_are_tested) {
    std::vector<int> cpus;
    const topology machine = topology::detect();
    for (const cpu& one : machine.cpus()) {
        if (cpus.size() < 4) cpus.push_back(one.id);
    }
    const stamp_check check = check_stamps(cpus);
    EXPECT_FALSE(check.why.empty());
    if (check.trusted && cpus.size() > 1) {
        EXPECT_GT(check.smallest_hand_over, 0U);
        EXPECT_LT(check.smallest_hand_over, never);
    }
}

TEST(recorder_test, clocks_that_disagree_are_found) {
    if (!check_stamps({}).trusted) GTEST_SKIP() << check_stamps({}).why;
    constexpr stamp a_second_or_so = 3'000'000'000;
    EXPECT_EQ(check_hand_overs(not_pinned, not_pinned).backwards, 0U);
    EXPECT_GT(check_hand_overs(not_pinned, not_pinned, a_second_or_so).backwards, 0U);
    EXPECT_GT(check_hand_overs(not_pinned, not_pinned, 0 - a_second_or_so).backwards, 0U);
}

}  // namespace
}  // namespace handoff::linearizability::testing
