// Two locks in opposite orders deadlock, and the cures do not.
#include "workloads/lock_order_role.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace handoff {
namespace {

double figure_of(const outcome& result, const std::string& name) {
    const auto found = std::ranges::find(result.values, name, &figures::value_type::first);
    return found == result.values.end() ? -1.0 : found->second;
}

outcome tried(lock_order order, std::size_t tries = 200) {
    return run_lock_order({.settings = {.placement = "none"}, .order = order, .tries = tries});
}

TEST(lock_order_test, opposite_orders_deadlock_and_the_threads_and_locks_are_named) {
    testing::internal::CaptureStderr();
    const outcome result = tried(lock_order::opposite_order);
    const std::string told = testing::internal::GetCapturedStderr();
    EXPECT_EQ(result.error, "");
    EXPECT_GE(figure_of(result, "deadlocks"), 1.0);
    EXPECT_GE(figure_of(result, "first_deadlock"), 1.0);
    EXPECT_LE(figure_of(result, "first_deadlock"), 200.0);
    EXPECT_NE(told.find("thread 'left to right' holds 'left' and waits for 'right'"), std::string::npos)
        << told;
    EXPECT_NE(told.find("thread 'right to left' holds 'right' and waits for 'left'"), std::string::npos)
        << told;
}

TEST(lock_order_test, the_cures_never_deadlock) {
    for (const lock_order order : {lock_order::same_order, lock_order::scoped_lock}) {
        const outcome result = tried(order);
        EXPECT_EQ(result.error, "") << name_of(order);
        EXPECT_EQ(figure_of(result, "deadlocks"), 0.0) << name_of(order);
    }
}

TEST(lock_order_test, a_deadlock_that_was_not_met_is_no_outcome) {
    EXPECT_EQ(tried(lock_order::opposite_order, 0).error, "unverified: no deadlock within 0 tries");
}

}  // namespace
}  // namespace handoff
