// The workload of ways to wait: one that loses what it waited for is found out, and what waiting costs is
// counted for those that wait alone.
#include "workloads/wait_role.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "waits/condition_variable_wait.hpp"
#include "waits/eventcount_wait.hpp"
#include "waits/pause_wait.hpp"

namespace handoff {
namespace {

using namespace std::chrono_literals;

constexpr wait_spec spec_of(std::string_view name) {
    return {.name = name,
            .cite = "control",
            .notify = progress::wait_free,
            .meanwhile = waiting::polls_then_sleeps};
}

// Forgets each hundredth success.
class dropping_wait {
public:
    static constexpr wait_spec spec = spec_of("dropping_wait");
    template <class Attempt>
    void until(Attempt attempt) {
        while (!attempt() || ++successes_ % 100 == 0) yield();
    }
    void notify_one() {}

private:
    unsigned successes_ = 0;
};

// Comes back with nothing now and then.
class premature_wait {
public:
    static constexpr wait_spec spec = spec_of("premature_wait");
    template <class Attempt>
    void until(Attempt attempt) {
        for (unsigned i = 0; i < 1'000 && !attempt(); ++i) yield();
    }
    void notify_one() {}
};

// Makes an attempt more than it may.
class doubling_wait {
public:
    static constexpr wait_spec spec = spec_of("doubling_wait");
    template <class Attempt>
    void until(Attempt attempt) {
        while (!attempt()) yield();
        for (unsigned i = 0; i < 1'000; ++i) attempt();
    }
    void notify_one() {}
};

// Its hundredth notification is forgotten; those after it count.
class forgetting_wait {
public:
    static constexpr wait_spec spec = spec_of("forgetting_wait");
    template <class Attempt>
    void until(Attempt attempt) {
        for (unsigned mine = taken_++; notified_ <= mine;) yield();
        while (!attempt()) yield();
    }
    void notify_one() {
        if (++calls_ != 100) ++notified_;
    }

private:
    unsigned calls_ = 0;
    std::atomic<unsigned> taken_{0};
    std::atomic<unsigned> notified_{0};
};
static_assert(wait_mechanism<dropping_wait> && wait_mechanism<premature_wait> &&
              wait_mechanism<doubling_wait> && wait_mechanism<forgetting_wait>);

double figure(const outcome& result, std::string_view name) {
    const auto found = std::ranges::find(result.values, name, &std::pair<std::string, double>::first);
    return found == result.values.end() ? -1.0 : found->second;
}

template <class W>
outcome run_with(wait_plan plan) {
    harness_clock::calibrate();
    plan.settings.ramp = 2ms;
    plan.settings.window = 20ms;
    return wait_workload::run<W>(plan);
}

// A window in which no thread got a CPU is void, and says nothing.
template <class W>
outcome valid_run_with(const wait_plan& plan) {
    outcome result = run_with<W>(plan);
    for (int tries = 0; tries < 50 && result.error.starts_with("voided: "); ++tries)
        result = run_with<W>(plan);
    return result;
}

TEST(wait_role_test, each_item_is_seen_once_by_one_thread_or_several) {
    for (const unsigned waiters : {1U, 2U, 8U})
        for (const unsigned hungry : {0U, 1U}) {
            const wait_plan plan{.waiters = waiters, .gap_us = 10, .hungry = hungry};
            const outcome result = valid_run_with<eventcount_wait>(plan);
            EXPECT_EQ(result.error, "") << waiters << " waiting threads, " << hungry << " hungry ones";
            EXPECT_EQ(figure(result, "verified"), 1.0);
            EXPECT_GT(figure(result, "items"), 0.0);
            EXPECT_GT(figure(result, "late_p50_ns"), 0.0);
            EXPECT_GE(figure(result, "late_p99_ns"), figure(result, "late_p50_ns"));
            EXPECT_GT(figure(result, "notify_p50_ns"), 0.0);
        }
}

TEST(wait_role_test, an_item_comes_a_gap_after_the_one_before) {
    const outcome result = valid_run_with<pause_wait>({.gap_us = 1'000});
    EXPECT_EQ(result.error, "");
    EXPECT_LE(figure(result, "items_per_second"), 1'000.0);
}

TEST(wait_role_test, a_long_gap_lengthens_the_window) {
    const wait_plan plan = with_time_for_items({.gap_us = 100'000});
    EXPECT_EQ(plan.settings.ramp, 100ms);
    EXPECT_EQ(plan.settings.window, 500ms);
    EXPECT_EQ(with_time_for_items({.gap_us = 1}).settings.window, run_settings{}.window);
}

// On a busy machine a thread has less of a CPU, not more; what sleeps needs none.
TEST(wait_role_test, the_cpu_time_is_that_of_the_threads_that_wait) {
    double most_polling = 0.0;
    double least_sleeping = 1.0;
    for (int tries = 0; tries < 50 && (most_polling < 0.5 || least_sleeping > 0.25); ++tries) {
        const wait_plan plan{.gap_us = 4'000};
        most_polling = std::max(most_polling, figure(valid_run_with<pause_wait>(plan), "cpu_share"));
        least_sleeping =
            std::min(least_sleeping, figure(valid_run_with<condition_variable_wait>(plan), "cpu_share"));
    }
    EXPECT_GE(most_polling, 0.5) << "of what polls";
    EXPECT_LE(most_polling, 1.05) << "of one thread";
    EXPECT_LE(least_sleeping, 0.25) << "of what sleeps";
    EXPECT_GE(least_sleeping, 0.0);
}

TEST(wait_role_test, a_dropped_item_is_found_out) {
    outcome result;
    for (int tries = 0; tries < 100 && !result.error.starts_with("unverified: "); ++tries)
        result = run_with<dropping_wait>({.gap_us = 1});
    EXPECT_TRUE(result.error.ends_with(" items were lost")) << result.error;
}

TEST(wait_role_test, a_wait_that_ends_with_nothing_is_found_out) {
    // On a busy machine the item may be there whenever the thread looks.
    outcome result;
    for (int tries = 0; tries < 100 && !result.error.starts_with("unverified: "); ++tries)
        result = run_with<premature_wait>({.gap_us = 10'000});
    EXPECT_TRUE(result.error.ends_with(" times a thread came back without what it waited for"))
        << result.error;
}

TEST(wait_role_test, an_attempt_after_success_is_found_out) {
    outcome result;
    for (int tries = 0; tries < 100 && !result.error.starts_with("unverified: "); ++tries)
        result = run_with<doubling_wait>({.gap_us = 1});
    EXPECT_TRUE(result.error.ends_with(" items were lost")) << result.error;
}

// Nothing comes after an item that no thread comes for: the run ends by its limit.
TEST(wait_role_test, a_lost_wake_up_is_found_out) {
    outcome result;
    for (int tries = 0; tries < 100 && !result.error.starts_with("unverified: "); ++tries)
        result = run_with<forgetting_wait>({.gap_us = 1});
    EXPECT_EQ(result.error, "unverified: no waiting thread came for item 100: a wake-up was lost");
}

}  // namespace
}  // namespace handoff
