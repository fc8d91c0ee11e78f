#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "delays.hpp"
#include "effort.hpp"
#include "tests.hpp"
#include "transfer.hpp"
#include "until_closed.hpp"

namespace handoff::stalls {
namespace {

using clock = std::chrono::steady_clock;
using conformance::number;
using conformance::random_below;
using conformance::transfer_plan;

// The bystander of a transfer that delays each thread before its calls.
class dawdling {
public:
    explicit dawdling(const conformance::transfer_plan& plan) : producers_(plan.producers) {
        for (unsigned i = 0; i < plan.producers + plan.consumers; ++i)
            threads_.emplace_back(conformance::random_below(~0U));
    }

    dawdling* thread_begins(unsigned) { return this; }
    void push_begins(unsigned producer) { threads_[producer].pass(); }
    void pop_begins(unsigned consumer) { threads_[producers_ + consumer].pass(); }
    void popped(unsigned, std::uint64_t) {}
    void meanwhile() {}

private:
    const unsigned producers_;
    std::vector<delays> threads_;
};

// What was done between this object's making and its end, for the one line that a test prints.
class deeds {
public:
    explicit deeds(const conformance::queue_under_test& subject)
        : name_(subject.registered_name), sleeps_before_(sleeps_so_far()) {}
    void print(const char* what, std::uint64_t count) const {
        std::printf("%s: %s: %llu, with %llu sleeps\n", name_.c_str(), what,
                    static_cast<unsigned long long>(count),
                    static_cast<unsigned long long>(sleeps_so_far() - sleeps_before_));
    }

private:
    const std::string name_;
    const std::uint64_t sleeps_before_;
};

}  // namespace

// A lost wake-up leaves somebody asleep beside what he waits for, and then all: the watchdog names the plan.
void no_wake_up_is_lost_at_random_delays(const conformance::queue_under_test& subject) {
    std::vector<transfer_plan> plans = plans_for(subject, {1, 2, 4}, conformance::scaled(1'000, 250));
    const deeds done(subject);
    const auto end = clock::now() + the_effort().per_test;
    std::uint64_t items = 0;
    for (std::size_t i = random_below(plans.size()); clock::now() < end; ++i) {
        transfer_plan& plan = plans[i % plans.size()];
        plan.wait = conformance::waiting::own_calls;
        const conformance::doing what(describe(plan));
        const auto queue = subject.numbers(plan.requested);
        dawdling bystander(plan);
        conformance::transfer<number, dawdling> moved(*queue, plan, bystander);
        const conformance::transfer_log& log = moved.run();
        conformance::expect_conserved(log);
        if (subject.keeps_producer_order()) conformance::expect_producer_order(plan.producers, log);
        if (testing::Test::HasFailure()) return;
        items += std::accumulate(log.sent.begin(), log.sent.end(), std::uint64_t{0});
    }
    EXPECT_GT(items, 0U);
    done.print("items pushed and popped", items);
}

// Everybody is woken, wherever in a call the close meets him: one who is not is found by the watchdog. And
// what a push took comes out.
void close_wakes_everybody_at_random_delays(const conformance::queue_under_test& subject) {
    const std::vector<transfer_plan> plans = plans_for(subject, {1, 2, 4}, 1);
    const deeds done(subject);
    const auto end = clock::now() + the_effort().per_test;
    std::uint64_t woken = 0;
    for (std::size_t i = random_below(plans.size()); clock::now() < end; ++i) {
        const transfer_plan& plan = plans[i % plans.size()];
        const conformance::doing what(std::to_string(plan.producers) + " x " +
                                      std::to_string(plan.consumers) + ", requested capacity " +
                                      std::to_string(plan.requested));
        const auto queue = subject.numbers(plan.requested);
        dawdling bystander(plan);
        until_closed<dawdling> tested(*queue, plan, bystander);
        tested.run(std::chrono::microseconds(random_below(400)));
        tested.expect_all();
        if (testing::Test::HasFailure()) return;
        woken += plan.producers + plan.consumers;
    }
    EXPECT_GT(woken, 0U);
    done.print("threads that came back from a close", woken);
}

}  // namespace handoff::stalls
