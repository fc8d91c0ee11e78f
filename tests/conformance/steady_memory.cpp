#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

#include "levelling.hpp"
#include "meeting_threads.hpp"
#include "tests.hpp"
#include "transfer.hpp"

namespace handoff::conformance {
namespace {

using std::chrono::microseconds;

constexpr std::size_t most_held = 16;

void pass_alone(any_producer<number>& producer, any_consumer<number>& consumer, std::size_t items) {
    for (std::size_t i = 0; i < items; ++i) {
        ASSERT_TRUE(producer.try_push(number{i}));
        if (i % most_held != most_held - 1) continue;
        for (number value = untouched; consumer.try_pop(value);) {
        }
    }
}

// As many items as are asked for, of which the last few stay.
void push_numbers(any_queue<number>& queue, std::size_t count) {
    const auto producer = queue.producer();
    for (std::size_t i = 0; i < count; ++i) ASSERT_TRUE(producer->try_push(number{i}));
}

void use_and_destroy(const queue_under_test& subject, bool closed) {
    const auto queue = subject.numbers(4);
    push_numbers(*queue, 3);
    if (closed) queue->close();
    number value = untouched;
    ASSERT_TRUE(queue->consumer()->try_pop(value));
}

constexpr std::size_t waiting_calls = 20;

// A thread makes calls that wait; `release` lets each of them go on. `begin` makes the thread's handle, and
// returns what calls.
template <class Begin, class Release>
void expect_waiting_calls_level_off(const char* what, Begin begin, Release release) {
    std::atomic<std::size_t> asked = 0;
    std::atomic<std::size_t> ended = 0;
    std::atomic<bool> over = false;
    const auto use = [&] {
        for (std::size_t i = 0; i < waiting_calls; ++i) {
            ++asked;
            // Else it is met on its way to sleep.
            std::this_thread::sleep_for(microseconds(50));
            release();
            while (ended < asked) give_way();
        }
    };
    run_threads(
        1,
        [&](unsigned) {
            for (auto call = begin();; ++ended) {
                while (ended == asked && !over) give_way();
                if (over) return;
                call();
            }
        },
        [&] {
            expect_levelling(what, use, waiting_calls, "calls");
            over = true;
        });
}

void expect_timed_calls_level_off(any_queue<number>& queue) {
    const auto producer = queue.producer();
    const auto consumer = queue.consumer();
    number value = untouched;
    expect_levelling(
        "pop_for that gives up",
        [&] {
            for (std::size_t i = 0; i < waiting_calls; ++i)
                ASSERT_FALSE(consumer->pop_for(value, microseconds(i % 2)));
        },
        waiting_calls, "calls");
    expect_levelling(
        "pop_for that returns an item",
        [&] {
            for (std::size_t i = 0; i < waiting_calls; ++i) {
                ASSERT_TRUE(producer->try_push(1));
                ASSERT_TRUE(consumer->pop_for(value, microseconds(1)));
            }
        },
        waiting_calls, "calls");
}

void expect_waiting_pops_level_off(any_queue<number>& queue) {
    const auto producer = queue.producer();
    const auto begin = [&] {
        return [consumer = queue.consumer(), value = untouched]() mutable { consumer->pop(value); };
    };
    expect_waiting_calls_level_off("pop that waits", begin, [&] { producer->try_push(1); });
}

void expect_waiting_pushes_level_off(any_queue<number>& queue) {
    push_numbers(queue, queue.capacity());
    const auto consumer = queue.consumer();
    number value = untouched;
    const auto begin = [&] { return [producer = queue.producer()] { producer->push(1); }; };
    expect_waiting_calls_level_off("push that waits", begin, [&] { consumer->try_pop(value); });
}

}  // namespace

void memory_levels_off(const queue_under_test& subject) {
    const auto queue = subject.numbers(16);
    const std::size_t items = scaled(20'000, 10'000);
    {
        const auto producer = queue->producer();
        const auto consumer = queue->consumer();
        const auto use = [&] { pass_alone(*producer, *consumer, items); };
        expect_levelling("one thread", use, items, "items");
    }
    if (testing::Test::HasFailure()) return;
    meeting_threads(subject, *queue).expect_levelling();
}

void failed_calls_keep_no_memory(const queue_under_test& subject) {
    const auto queue = subject.numbers(16);
    const auto producer = queue->producer();
    const auto consumer = queue->consumer();
    constexpr std::size_t calls = 500;
    number value = untouched;
    expect_levelling(
        "try_pop on an empty queue",
        [&] {
            for (std::size_t i = 0; i < calls; ++i) ASSERT_FALSE(consumer->try_pop(value));
        },
        calls, "calls");
    if (!subject.bounded()) return;
    push_numbers(*queue, queue->capacity());
    expect_levelling(
        "try_push on a full queue",
        [&] {
            for (std::size_t i = 0; i < calls; ++i) ASSERT_FALSE(producer->try_push(number{i}));
        },
        calls, "calls");
}

// Beyond the end of the queue: one that has a place for each handle that there was may keep it until then.
void handles_keep_no_memory(const queue_under_test& subject) {
    constexpr std::size_t handles = 60;
    const auto push_and_pop = [](any_queue<number>& queue) {
        ASSERT_TRUE(queue.producer()->try_push(1));
        number value = untouched;
        ASSERT_TRUE(queue.consumer()->try_pop(value));
    };
    expect_levelling(
        "handles of one thread",
        [&] {
            const auto queue = subject.numbers(16);
            for (std::size_t i = 0; i < handles; ++i) push_and_pop(*queue);
        },
        handles, "handles of each kind");
    constexpr std::size_t threads = 20;
    expect_levelling(
        "handles of a new thread each",
        [&] {
            const auto queue = subject.numbers(16);
            for (std::size_t i = 0; i < threads; ++i) run_threads(1, [&](unsigned) { push_and_pop(*queue); });
        },
        threads, "threads");
}

void destroyed_queues_keep_no_memory(const queue_under_test& subject) {
    constexpr std::size_t queues = 30;
    for (const bool closed : {false, true}) {
        if (closed && !subject.closable) continue;
        expect_levelling(
            closed ? "queues that were closed" : "queues",
            [&] {
                for (std::size_t i = 0; i < queues; ++i) use_and_destroy(subject, closed);
            },
            queues, "queues, each destroyed with items in it");
    }
}

void throwing_calls_keep_no_memory(const queue_under_test& subject) {
    ledger::clear();
    const auto queue = subject.fallible_items(4);
    const auto producer = queue->producer();
    const auto consumer = queue->consumer();
    constexpr std::size_t calls = 40;
    const auto fails = [](const auto& call) {
        fallible::fail_at_move(1);
        try {
            call();
        } catch (const move_failed&) {
        }
        fallible::fail_at_move(0);
    };
    const auto push = [&] {
        fallible item(1);
        producer->try_push(std::move(item));
    };
    const auto pop = [&] {
        fallible item(no_value);
        consumer->try_pop(item);
    };
    expect_levelling(
        "pushes and pops whose moves throw",
        [&] {
            for (std::size_t i = 0; i < calls; ++i) {
                fails(push);
                push();
                fails(pop);
                pop();
            }
        },
        calls, "calls of each kind");
}

void waiting_keeps_no_memory(const queue_under_test& subject) {
    const auto queue = subject.numbers(2);
    if (subject.timed) expect_timed_calls_level_off(*queue);
    if (subject.blocking) expect_waiting_pops_level_off(*queue);
    if (subject.blocking && subject.bounded()) expect_waiting_pushes_level_off(*queue);
}

}  // namespace handoff::conformance
