#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "contents.hpp"
#include "index_limits.hpp"
#include "tests.hpp"
#include "transfer.hpp"

namespace handoff::conformance {
namespace {

std::string text_of(std::size_t requested, first_index first) {
    return "requested capacity " + std::to_string(requested) + ", first index " + std::to_string(first.value);
}

// Fills and drains the queue at every fill level, checking both ends at full and empty.
void expect_laps(const queue_under_test& subject, any_queue<number>& queue, std::size_t laps) {
    const auto producer = queue.producer();
    const auto consumer = queue.consumer();
    const std::size_t capacity = queue.capacity();
    contents held(subject.spec->delivery);
    number next = 0;
    for (std::size_t lap = 0; lap < laps; ++lap) {
        for (std::size_t level = lap % capacity + 1; held.size() < level; ++next) {
            ASSERT_TRUE(producer->try_push(number{next})) << "push " << next;
            held.push(next);
        }
        if (held.size() == capacity) {
            ASSERT_FALSE(producer->try_push(number{untouched})) << "a full queue took an item";
        }
        for (number value = untouched; !held.empty();) {
            ASSERT_TRUE(consumer->try_pop(value)) << held.size() << " items are missing";
            ASSERT_TRUE(held.pop(value)) << held.why();
        }
        number value = untouched;
        ASSERT_FALSE(consumer->try_pop(value)) << "popped " << value << " from an empty queue";
    }
}

void expect_transfer(const queue_under_test& subject, const transfer_plan& plan, first_index first) {
    const doing what(describe(plan) + ", first index " + std::to_string(first.value));
    const auto queue = subject.numbers_from(plan.requested, first);
    transfer<number> moved(*queue, plan);
    const transfer_log& log = moved.run();
    expect_conserved(log);
    if (subject.keeps_producer_order()) expect_producer_order(plan.producers, log);
}

}  // namespace

void indices_may_wrap(const queue_under_test& subject) {
    for (const std::uint64_t limit : index_limits) {
        for (const std::size_t requested : {1U, 2U, 3U, 4U, 7U}) {
            // Each place of a ring is the first beyond the limit once.
            for (std::uint64_t before = 0; before <= 8; ++before) {
                const first_index first{limit - before};
                const doing what(text_of(requested, first));
                expect_laps(subject, *subject.numbers_from(requested, first), 16);
                if (testing::Test::HasFailure()) return;
            }
        }
    }
}

void transfer_passes_the_wrap(const queue_under_test& subject) {
    std::vector<transfer_plan> plans = plans_for(subject, {1, 2, 64}, scaled(4'000, 1'000));
    if (subject.blocking) {
        // An end that waits compares in its own way. Fewer items, since some wait without giving way.
        for (transfer_plan plan : plans_for(subject, {1, 64}, 200)) {
            plan.wait = waiting::own_calls;
            plans.push_back(plan);
        }
    }
    for (const std::uint64_t limit : index_limits) {
        for (const transfer_plan& plan : plans) {
            const std::size_t items = plan.producers * plan.items_per_producer;
            expect_transfer(subject, plan, first_index{limit - items / 2});
            if (testing::Test::HasFailure()) return;
        }
    }
}

}  // namespace handoff::conformance
