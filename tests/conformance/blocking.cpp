#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests.hpp"
#include "transfer.hpp"
#include "waiting.hpp"

namespace handoff::conformance {
namespace {

using clock = std::chrono::steady_clock;
using std::chrono::microseconds;
using std::chrono::nanoseconds;

// Fills a bounded queue with 0, 1, 2, … and returns how many went in.
std::size_t fill(any_queue<number>& queue) {
    const auto producer = queue.producer();
    std::size_t pushed = 0;
    while (pushed < queue.capacity() && producer->try_push(number{pushed})) ++pushed;
    return pushed;
}

std::vector<number> drain(any_queue<number>& queue) {
    std::vector<number> values;
    const auto consumer = queue.consumer();
    for (number value; consumer->try_pop(value);) values.push_back(value);
    return values;
}

// An item comes long before the timeout.
void expect_item_within(const queue_under_test& subject, any_queue<number>& queue, nanoseconds timeout,
                        bool by_try_push) {
    const doing what(std::string(by_try_push ? "item brought by try_push" : "item brought by push") +
                     ", timeout " + std::to_string(timeout.count()) + " ns");
    bool given = false;
    number value = untouched;
    run_threads(
        1, [&](unsigned) { given = queue.consumer()->pop_for(value, timeout); },
        [&] {
            nap();
            const auto producer = queue.producer();
            EXPECT_TRUE(by_try_push || !subject.blocking ? producer->try_push(7) : producer->push(7));
        });
    EXPECT_TRUE(given) << "gave up, although an item was pushed before the timeout";
    EXPECT_EQ(value, 7U);
}

}  // namespace

void push_waits_while_full(const queue_under_test& subject) {
    for (const char* const by : {"pop", "try_pop", "pop_for"}) {
        const bool by_pop_for = std::string_view(by) == "pop_for";
        if (by_pop_for && !subject.timed) continue;
        const doing what(std::string("room made by ") + by);
        const auto queue = subject.numbers(2);
        const std::size_t capacity = fill(*queue);
        std::atomic<bool> pushed = false;
        bool taken = false;
        run_threads(
            1,
            [&](unsigned) {
                taken = queue->producer()->push(number{capacity});
                pushed = true;
            },
            [&] {
                nap();
                EXPECT_FALSE(pushed) << "push returned while the queue was full";
                const auto consumer = queue->consumer();
                number value = untouched;
                EXPECT_TRUE(by_pop_for                          ? consumer->pop_for(value, for_ever)
                            : std::string_view(by) == "try_pop" ? consumer->try_pop(value)
                                                                : consumer->pop(value));
            });
        EXPECT_TRUE(taken) << "push returned false on an open queue";
        EXPECT_EQ(drain(*queue).size(), capacity);
    }
}

void pop_waits_while_empty(const queue_under_test& subject) {
    for (const bool by_try_push : {false, true}) {
        const doing what(by_try_push ? "item brought by try_push" : "item brought by push");
        const auto queue = subject.numbers(2);
        std::atomic<bool> popped = false;
        bool given = false;
        number value = untouched;
        run_threads(
            1,
            [&](unsigned) {
                given = queue->consumer()->pop(value);
                popped = true;
            },
            [&] {
                nap();
                EXPECT_FALSE(popped) << "pop returned while the queue was empty";
                const auto producer = queue->producer();
                EXPECT_TRUE(by_try_push ? producer->try_push(7) : producer->push(7));
            });
        EXPECT_TRUE(given) << "pop returned false on an open queue";
        EXPECT_EQ(value, 7U);
    }
}

// A queue that wakes a waiter only when it stops being empty leaves the others asleep beside their items.
void every_waiting_pop_is_served(const queue_under_test& subject) {
    const unsigned count = waiters(subject.spec->consumers);
    for (std::size_t round = 0; round < scaled(20, 5); ++round) {
        const auto queue = subject.numbers(64);
        std::atomic<number> sum = 0;
        run_threads(
            count,
            [&](unsigned) {
                number value = untouched;
                if (queue->consumer()->pop(value)) sum += value;
            },
            [&] {
                nap();
                const auto producer = queue->producer();
                for (unsigned i = 0; i < count; ++i) EXPECT_TRUE(producer->push(number{1} << (8 * i)));
            });
        ASSERT_EQ(sum, 0x0101'0101U >> (8 * (4 - count))) << "in round " << round;
        ASSERT_TRUE(drain(*queue).empty());
    }
}

void every_waiting_push_is_served(const queue_under_test& subject) {
    const unsigned count = waiters(subject.spec->producers);
    for (std::size_t round = 0; round < scaled(20, 5); ++round) {
        const auto queue = subject.numbers(4);
        const std::size_t capacity = fill(*queue);
        std::atomic<unsigned> taken = 0;
        run_threads(
            count,
            [&](unsigned i) {
                if (queue->producer()->push(number{capacity + i})) ++taken;
            },
            [&] {
                nap();
                const auto consumer = queue->consumer();
                number value = untouched;
                for (unsigned i = 0; i < count; ++i) EXPECT_TRUE(consumer->pop(value));
            });
        ASSERT_EQ(taken, count) << "in round " << round;
        ASSERT_EQ(drain(*queue).size(), capacity);
    }
}

// Two threads hand one item to and fro, each asleep when the other wakes it: a wake-up that falls between a
// waiter's last look and its sleep stops both.
void no_wake_up_is_lost(const queue_under_test& subject) {
    const std::size_t rounds = scaled(10'000);
    const auto there = subject.numbers(1);
    const auto back = subject.numbers(1);
    std::size_t wrong = 0;
    run_threads(2, [&](unsigned self) {
        const auto producer = (self == 0 ? there : back)->producer();
        const auto consumer = (self == 0 ? back : there)->consumer();
        for (number i = 0; i < rounds; ++i) {
            number value = i;
            // For the watchdog: each round may cost two time slices where others want the CPUs, too.
            if (self == 0 && i % 500 == 0) now_doing("round " + std::to_string(i));
            if (self == 0) producer->push(number{i});
            consumer->pop(value);
            if (self == 0 && value != i) ++wrong;
            if (self == 1) producer->push(std::move(value));
        }
    });
    EXPECT_EQ(wrong, 0U);
}

void blocking_transfer_conserves_items(const queue_under_test& subject) {
    std::vector<transfer_plan> plans = plans_for(subject, {1, 3, 64}, scaled(3'000));
    for (transfer_plan& plan : plans) plan.wait = waiting::own_calls;
    // Threads that wait in one kind of call are woken by another, and by those that do not wait.
    for (transfer_plan& plan : plans_for(subject, {1, 3}, scaled(600))) {
        plan.wait = subject.timed ? waiting::all_calls : waiting::own_and_try_calls;
        plans.push_back(plan);
    }
    for (const transfer_plan& plan : plans) {
        const doing what(describe(plan));
        const auto queue = subject.numbers(plan.requested);
        transfer<number> moved(*queue, plan);
        const transfer_log& log = moved.run();
        expect_conserved(log);
        if (subject.keeps_producer_order()) expect_producer_order(plan.producers, log);
        if (testing::Test::HasFailure()) return;
    }
}

void pop_for_returns_an_item(const queue_under_test& subject) {
    const auto queue = subject.numbers(2);
    EXPECT_TRUE(queue->producer()->try_push(1));
    number value = untouched;
    EXPECT_TRUE(queue->consumer()->pop_for(value, nanoseconds(0))) << "an item was there";
    EXPECT_EQ(value, 1U);
    EXPECT_TRUE(queue->producer()->try_push(2));
    EXPECT_TRUE(queue->consumer()->pop_for(value, nanoseconds(-1))) << "an item was there";
    EXPECT_EQ(value, 2U);
    // The longest of all is one that no clock can be asked to add to its time; of the others 32 bits hold
    // nothing, if they count nanoseconds, microseconds or milliseconds.
    constexpr std::int64_t beyond_32_bits = std::int64_t{1} << 32;
    const nanoseconds in_turn[] = {for_ever, nanoseconds(beyond_32_bits), microseconds(beyond_32_bits),
                                   std::chrono::milliseconds(beyond_32_bits), nanoseconds::max()};
    for (const nanoseconds timeout : in_turn) {
        expect_item_within(subject, *queue, timeout, timeout != for_ever);
        if (timeout == for_ever) expect_item_within(subject, *queue, timeout, true);
        if (testing::Test::HasFailure()) return;
    }
}

// Items arrive just as consumers give up: one that is given to a consumer on its way out is lost, and one
// that is woken for an item which another has taken must not give up before its time.
void pop_for_at_its_timeout_loses_nothing(const queue_under_test& subject) {
    const unsigned consumers = subject.spec->consumers == cardinality::many ? 2 : 1;
    const transfer_plan plan{.producers = 1, .consumers = consumers, .items_per_producer = scaled(1'500)};
    const auto queue = subject.numbers(plan.requested);
    transfer_log log;
    log.sent = {plan.items_per_producer};
    log.consumed.resize(consumers);
    constexpr microseconds timeout(50);
    std::atomic<std::size_t> early = 0;
    std::atomic<bool> done = false;
    run_threads(1 + consumers, [&](unsigned self) {
        if (self == 0) {
            const auto producer = queue->producer();
            for (std::size_t i = 0; i < plan.items_per_producer; ++i) {
                while (!producer->try_push(item_value(0, i))) give_way();
                const auto next = clock::now() + microseconds(i % 100);
                while (clock::now() < next) give_way();
            }
            done = true;
            return;
        }
        const auto consumer = queue->consumer();
        for (bool last = false; !last;) {
            last = done;
            number value = untouched;
            auto begin = clock::now();
            for (; consumer->pop_for(value, timeout); value = untouched, begin = clock::now()) {
                log.consumed[self - 1].push_back(value);
                last = false;
            }
            if (clock::now() - begin < timeout) ++early;
        }
    });
    log.left = drain(*queue);
    EXPECT_EQ(early, 0U) << "calls of pop_for gave up too early";
    expect_conserved(log);
    if (subject.keeps_producer_order()) expect_producer_order(plan.producers, log);
}

}  // namespace handoff::conformance
