// The workload of locks: a lock that does not exclude is found out, and what it did is counted right.
#include "workloads/lock_role.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "locks/counting_shared_lock.hpp"
#include "locks/ticket_lock.hpp"

namespace handoff {
namespace {

using namespace std::chrono_literals;

struct open_lock {
    using handle = direct_lock_handle<open_lock>;
    static constexpr lock_spec spec{
        .name = "open_lock", .cite = "control", .unlock = progress::wait_free, .fair = fairness::none};
    void lock() {}
    void unlock() {}
};
static_assert(lock<open_lock> && lock<ticket_lock>);

double figure(const outcome& result, std::string_view name) {
    const auto found = std::ranges::find(result.values, name, &std::pair<std::string, double>::first);
    return found == result.values.end() ? -1.0 : found->second;
}

template <class L>
outcome run_with(lock_plan plan) {
    harness_clock::calibrate();
    plan.settings.ramp = 2ms;
    plan.settings.window = 20ms;
    return lock_workload::run<L>(plan);
}

TEST(lock_role_test, a_lock_that_excludes_is_verified) {
    for (const unsigned threads : {1U, 2U, 4U}) {
        const outcome result = run_with<ticket_lock>({.threads = threads, .inside = 10, .outside = 10});
        EXPECT_EQ(result.error, "");
        EXPECT_EQ(figure(result, "verified"), 1.0);
        EXPECT_EQ(figure(result, "reads"), 0.0);
        EXPECT_GT(figure(result, "changes"), 0.0);
        EXPECT_GE(figure(result, "changes"), figure(result, "acquisitions"));
    }
}

// Threads have to meet: on a busy machine not in the first window.
TEST(lock_role_test, a_lock_that_does_not_exclude_is_found_out) {
    outcome result;
    for (int tries = 0; tries < 100 && result.error.empty(); ++tries)
        result = run_with<open_lock>({.threads = 2, .inside = 1000});
    EXPECT_TRUE(result.error.starts_with("unverified: ")) << result.error;
}

TEST(lock_role_test, readers_that_meet_a_writer_are_found_out) {
    outcome result;
    for (int tries = 0; tries < 100 && result.error.empty(); ++tries)
        result = run_with<open_lock>({.threads = 2, .inside = 1000, .read = 50});
    EXPECT_TRUE(result.error.starts_with("unverified: ")) << result.error;
}

TEST(lock_role_test, the_share_of_reads_is_that_of_the_case) {
    for (const unsigned read : {0U, 90U, 99U}) {
        const outcome result = run_with<counting_shared_lock>({.threads = 2, .inside = 10, .read = read});
        EXPECT_EQ(result.error, "");
        const double reads = figure(result, "reads");
        const double all = reads + figure(result, "changes");
        // A thread's last hundred may be cut short.
        EXPECT_NEAR(reads, all * read / 100.0, 2.0);
    }
}

TEST(lock_role_test, who_has_the_lock_alone_waits_for_nobody) {
    const outcome result = run_with<ticket_lock>({.threads = 1});
    EXPECT_EQ(figure(result, "longest_gap"), 0.0);
    EXPECT_EQ(figure(result, "thread_jain"), 1.0);
}

TEST(lock_role_test, lost_changes_are_told) {
    guarded_words guarded;
    std::vector<lock_use> uses(2);
    EXPECT_TRUE(guarded.change(0));
    uses[0].changes = 1;
    EXPECT_EQ(lock_error(guarded, uses), "");
    uses[1].changes = 1;
    EXPECT_EQ(lock_error(guarded, uses),
              "unverified: the lock was taken alone 2 times, but what it guards says 1");
    uses[1].disagreements = 3;
    EXPECT_EQ(lock_error(guarded, uses), "unverified: 3 times a thread met another one in the lock");
}

}  // namespace
}  // namespace handoff
