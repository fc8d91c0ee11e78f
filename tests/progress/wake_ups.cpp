#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <random>
#include <thread>

#include "effort.hpp"
#include "support/pause.hpp"
#include "tests.hpp"
#include "transfer.hpp"

namespace handoff::stalls {
namespace {

using clock = std::chrono::steady_clock;
using conformance::number;
using conformance::random_below;
using conformance::transfer_plan;

// Delays each thread before its calls, by random times: now the consumers sleep, now the producers, and each
// meets the other on its way to sleep.
class dawdling {
public:
    explicit dawdling(const transfer_plan& plan) : producers_(plan.producers) {
        for (unsigned i = 0; i < plan.producers + plan.consumers; ++i)
            threads_.emplace_back(random_below(~0U));
    }

    dawdling* thread_begins(unsigned) { return this; }
    void push_begins(unsigned producer) { threads_[producer].delay(); }
    void pop_begins(unsigned consumer) { threads_[producers_ + consumer].delay(); }
    void popped(unsigned, std::uint64_t) {}
    void meanwhile() {}

private:
    struct alignas(128) sleeper {
        explicit sleeper(std::uint64_t seed) : random(seed), longest_us(std::uint64_t{1} << (random() % 6)) {}

        // Half of the time none: then the two ends meet without it.
        void delay() {
            if (random() % 2 == 0) return;
            const auto end = clock::now() + std::chrono::nanoseconds(random() % (1000 * longest_us));
            while (clock::now() < end) pause();
            // Now and then so long that the others are asleep for certain.
            if (random() % 512 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }

        std::minstd_rand random;
        const std::uint64_t longest_us;  // 1 to 32: from a wake-up's own time to several
    };

    const unsigned producers_;
    std::vector<sleeper> threads_;
};

}  // namespace

// A lost wake-up leaves somebody asleep beside what he waits for, and then all: the watchdog names the plan.
void no_wake_up_is_lost_at_random_delays(const conformance::queue_under_test& subject) {
    std::vector<transfer_plan> plans = plans_for(subject, {1, 2, 4}, conformance::scaled(2'000, 500));
    const auto end = clock::now() + the_effort().per_test;
    std::uint64_t items = 0;
    for (std::size_t i = 0; i < plans.size() || clock::now() < end; ++i) {
        transfer_plan& plan = plans[i % plans.size()];
        plan.wait = conformance::waiting::own_calls;
        const conformance::doing what(describe(plan));
        const auto queue = subject.numbers(plan.requested);
        dawdling bystander(plan);
        conformance::transfer<number, dawdling> moved(*queue, plan, bystander);
        const conformance::transfer_log& log = moved.run();
        conformance::expect_conserved(plan, log);
        if (subject.keeps_producer_order()) conformance::expect_producer_order(plan.producers, log);
        if (testing::Test::HasFailure()) return;
        items += plan.producers * plan.items_per_producer;
    }
    std::printf("%s: no wake-up lost in %llu pushes and pops\n", std::string(subject.registered_name).c_str(),
                static_cast<unsigned long long>(items));
}

}  // namespace handoff::stalls
