#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "effort.hpp"
#include "stopping.hpp"
#include "tests.hpp"
#include "transfer.hpp"
#include "until_closed.hpp"

namespace handoff::stalls {
namespace {

using clock = std::chrono::steady_clock;
using conformance::number;
using conformance::random_below;
using conformance::transfer_plan;
using conformance::waiting;

// Up to 1.3 ms: longer than waits are as a rule.
constexpr unsigned waiter_doublings = 7;

std::vector<transfer_plan> plans_of(const conformance::queue_under_test& subject) {
    std::vector<transfer_plan> plans;
    for (transfer_plan plan : plans_for(subject, {1, 2, 4}, conformance::scaled(2'000, 500))) {
        plan.wait = waiting::own_calls;
        if (subject.blocking) plans.push_back(plan);
        plan.wait = waiting::timed_calls;
        if (subject.timed) plans.push_back(plan);
    }
    return plans;
}

}  // namespace

// push, pop and pop_for, of which some are stopped wherever they have come to: before they sleep, asleep, on
// their way out, with a lock.
void stopped_waiters_keep_the_promise(const conformance::queue_under_test& subject) {
    const std::vector<transfer_plan> plans = plans_of(subject);
    const auto end = clock::now() + the_effort().per_test / 2;
    std::uint64_t stops = 0;
    for (std::size_t i = random_below(plans.size()); stops == 0 || clock::now() < end; ++i) {
        const transfer_plan& plan = plans[i % plans.size()];
        const conformance::doing what(describe(plan));
        const auto queue = subject.numbers(plan.requested);
        stopping bystander(plan.producers + plan.consumers, waiter_doublings);
        conformance::transfer<number, stopping> moved(*queue, plan, bystander);
        const conformance::transfer_log& log = moved.run();
        conformance::expect_conserved(log);
        if (subject.keeps_producer_order()) conformance::expect_producer_order(plan.producers, log);
        if (testing::Test::HasFailure()) return;
        stops += bystander.stops();
    }
    std::printf("%s: %llu stops of threads with calls that wait\n",
                std::string(subject.registered_name).c_str(), static_cast<unsigned long long>(stops));
}

// The thread that closes is stopped, too.
void close_reaches_stopped_threads(const conformance::queue_under_test& subject) {
    const std::vector<transfer_plan> plans = plans_for(subject, {1, 2, 4}, 1);
    const auto end = clock::now() + the_effort().per_test / 4;
    std::uint64_t stops = 0;
    for (std::size_t i = random_below(plans.size()); stops == 0 || clock::now() < end; ++i) {
        const transfer_plan& plan = plans[i % plans.size()];
        const conformance::doing what(describe(plan));
        const auto queue = subject.numbers(plan.requested);
        stopping bystander(plan.producers + plan.consumers + 1, waiter_doublings);
        until_closed<stopping> tested(*queue, plan, bystander);
        tested.run(std::chrono::microseconds(random_below(2'000)));
        tested.expect_all();
        if (testing::Test::HasFailure()) return;
        stops += bystander.stops();
    }
}

}  // namespace handoff::stalls
