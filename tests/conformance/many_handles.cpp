#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "coming_and_going.hpp"
#include "stress.hpp"
#include "tests.hpp"

namespace handoff::conformance {

namespace {

using clock = std::chrono::steady_clock;
using crowd = coming_and_going<>;

// Two handles must meet in a place that they share, so that it is tried for a while.
void come_and_go(const queue_under_test& subject, void (crowd::*one_after_the_other)(),
                 void (crowd::*at_once)()) {
    const auto end = clock::now() + stress_time(std::chrono::milliseconds(400));
    do {
        for (const auto turns : {one_after_the_other, at_once}) {
            const auto queue = subject.numbers(64);
            crowd tested(*queue);
            (tested.*turns)();
            tested.expect_all(subject.keeps_producer_order());
            if (testing::Test::HasFailure()) return;
        }
    } while (clock::now() < end);
}

}  // namespace

void producers_that_come_and_go_disturb_nobody(const queue_under_test& subject) {
    come_and_go(subject, &crowd::of_producers, &crowd::of_producers_at_once);
}

void consumers_that_come_and_go_disturb_nobody(const queue_under_test& subject) {
    come_and_go(subject, &crowd::of_consumers, &crowd::of_consumers_at_once);
}

// In turn, by one thread: each handle has an item of its own in the queue when the next one begins.
void many_handles_live_at_once(const queue_under_test& subject) {
    const bool many_push = subject.spec->producers == cardinality::many;
    const bool many_pop = subject.spec->consumers == cardinality::many;
    const auto queue = subject.numbers(many_handles);
    std::vector<std::unique_ptr<any_producer<number>>> producers;
    std::vector<std::unique_ptr<any_consumer<number>>> consumers;
    const std::size_t room = subject.bounded() ? std::min(queue->capacity(), many_handles) : many_handles;
    for (std::size_t i = 0; i < (many_push ? many_handles : 1); ++i) producers.push_back(queue->producer());
    for (std::size_t i = 0; i < (many_pop ? many_handles : 1); ++i) consumers.push_back(queue->consumer());
    transfer_log log;
    log.consumed.resize(consumers.size());
    log.sent.resize(producers.size());
    for (std::size_t lap = 0, turn = 0; lap < 4; ++lap) {
        for (std::size_t i = 0; i < room; ++i, ++turn) {
            const auto self = static_cast<unsigned>(turn % producers.size());
            ASSERT_TRUE(producers[self]->try_push(item_value(self, log.sent[self]))) << "by handle " << self;
            ++log.sent[self];
        }
        for (std::size_t i = 0; i < room; ++i) {
            number value = untouched;
            const std::size_t self = (lap + i) % consumers.size();
            ASSERT_TRUE(consumers[self]->try_pop(value)) << "by handle " << self;
            log.consumed[self].push_back(value);
        }
    }
    expect_conserved(log);
    if (subject.keeps_producer_order()) expect_producer_order(static_cast<unsigned>(producers.size()), log);
}

}  // namespace handoff::conformance
