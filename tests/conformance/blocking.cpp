#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>

#include "environment.hpp"
#include "tests.hpp"
#include "transfer.hpp"
#include "waiting.hpp"

namespace handoff::conformance {
namespace {

using clock = std::chrono::steady_clock;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

// How late a timed call may come back, as a rule: in the median of a block of calls. While others want the
// processor any one call may be later, and even most of them; so a block that is late is made again until the
// patience is over.
constexpr milliseconds tolerance{5};
constexpr std::size_t calls_per_block = 9;

seconds patience() {
    return seconds(number_from("HANDOFF_PATIENCE_SECONDS", 1, 60));
}

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

// How late a block of calls on an empty queue gave up: the median.
nanoseconds lateness(any_consumer<number>& consumer, nanoseconds timeout) {
    std::array<nanoseconds, calls_per_block> late{};
    for (nanoseconds& one : late) {
        number value = untouched;
        const auto begin = clock::now();
        const bool popped = consumer.pop_for(value, timeout);
        one = clock::now() - begin - timeout;
        EXPECT_FALSE(popped) << "popped " << value << " from an empty queue";
        EXPECT_EQ(value, untouched) << "a pop_for that gave up changed its argument";
        EXPECT_GE(one, nanoseconds(0)) << "gave up too early";
    }
    const auto middle = late.begin() + calls_per_block / 2;
    std::nth_element(late.begin(), middle, late.end());
    return *middle;
}

}  // namespace

void push_waits_while_full(const queue_under_test& subject) {
    for (const bool by_try_pop : {false, true}) {
        const doing what(by_try_pop ? "room made by try_pop" : "room made by pop");
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
                EXPECT_TRUE(by_try_pop ? consumer->try_pop(value) : consumer->pop(value));
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
    for (transfer_plan& plan : plans_for(subject, {1, 3, 64}, scaled(3'000))) {
        plan.wait = waiting::own_calls;
        const doing what(describe(plan));
        const auto queue = subject.numbers(plan.requested);
        transfer<number> moved(*queue, plan);
        const transfer_log& log = moved.run();
        expect_conserved(log);
        if (subject.keeps_producer_order()) expect_producer_order(plan.producers, log);
        if (testing::Test::HasFailure()) return;
    }
}

void pop_for_gives_up(const queue_under_test& subject) {
    const auto queue = subject.numbers(2);
    const auto consumer = queue->consumer();
    for (const nanoseconds timeout :
         {nanoseconds(0), nanoseconds(milliseconds(1)), nanoseconds(milliseconds(20))}) {
        const auto end = clock::now() + patience();
        for (int block = 0;; ++block) {
            const doing what("timeout " + std::to_string(timeout.count()) + " ns, block " +
                             std::to_string(block));
            const nanoseconds late = lateness(*consumer, timeout);
            if (testing::Test::HasFailure()) return;
            if (late <= tolerance) break;
            if (clock::now() >= end) {
                FAIL() << "did not give up in time: half of the calls were " << late.count()
                       << " ns late, or more";
            }
        }
    }
}

void pop_for_returns_an_item(const queue_under_test& subject) {
    const auto queue = subject.numbers(2);
    EXPECT_TRUE(queue->producer()->try_push(1));
    number value = untouched;
    EXPECT_TRUE(queue->consumer()->pop_for(value, nanoseconds(0))) << "an item was there";
    EXPECT_EQ(value, 1U);
    for (const bool by_try_push : {false, true}) {
        const doing what(by_try_push ? "item brought by try_push" : "item brought by push");
        bool given = false;
        value = untouched;
        run_threads(
            1, [&](unsigned) { given = queue->consumer()->pop_for(value, for_ever); },
            [&] {
                nap();
                const auto producer = queue->producer();
                EXPECT_TRUE(by_try_push || !subject.blocking ? producer->try_push(7) : producer->push(7));
            });
        EXPECT_TRUE(given) << "an item was pushed before the timeout";
        EXPECT_EQ(value, 7U);
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
