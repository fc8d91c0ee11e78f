#include <gtest/gtest.h>

#include <atomic>

#include "contents.hpp"
#include "tests.hpp"
#include "transfer.hpp"
#include "waiting.hpp"

namespace handoff::conformance {
namespace {

template <class T>
void expect_closed_to(any_queue<T>& queue) {
    const auto producer = queue.producer();
    T value = make<T>(7);
    EXPECT_FALSE(producer->push(std::move(value))) << "a closed queue took an item by push";
    EXPECT_EQ(value_of(value), 7U) << "a push on a closed queue changed its argument";
    value = make<T>(8);
    EXPECT_FALSE(producer->try_push(std::move(value))) << "a closed queue took an item by try_push";
    EXPECT_EQ(value_of(value), 8U) << "a try_push on a closed queue changed its argument";
    const auto consumer = queue.consumer();
    value = make<T>(9);
    EXPECT_FALSE(consumer->pop(value)) << "a pop on a closed, empty queue returned " << value_of(value);
    EXPECT_EQ(value_of(value), 9U) << "a pop on a closed, empty queue changed its argument";
}

// Of this many threads in a call that waits, how many are refused by the queue's end; `refused` makes that
// call.
template <class Refused>
unsigned refused_by_closing(any_queue<number>& queue, unsigned callers, bool asleep, Refused refused) {
    std::atomic<unsigned> count = 0;
    run_threads(
        callers,
        [&](unsigned) {
            if (refused()) ++count;
        },
        [&] {
            // Else they are met on their way to sleep.
            if (asleep) nap();
            queue.close();
        });
    return count;
}

}  // namespace

void close_wakes_every_pop(const queue_under_test& subject) {
    for (std::size_t round = 0; round < scaled(10, 4); ++round) {
        const auto queue = subject.numbers(4);
        const unsigned count = waiters(subject.spec->consumers);
        const auto refused = [&] {
            number value = untouched;
            return !queue->consumer()->pop(value) && value == untouched;
        };
        ASSERT_EQ(refused_by_closing(*queue, count, round % 2 == 0, refused), count)
            << "pop must return false with its argument unchanged";
    }
}

void close_wakes_every_push(const queue_under_test& subject) {
    for (std::size_t round = 0; round < scaled(10, 4); ++round) {
        const auto queue = subject.numbers(2);
        {
            const auto producer = queue->producer();
            for (std::size_t i = 0; i < queue->capacity(); ++i) ASSERT_TRUE(producer->try_push(number{i}));
        }
        const unsigned count = waiters(subject.spec->producers);
        const auto refused = [&] {
            number value = 7;
            return !queue->producer()->push(std::move(value)) && value == 7;
        };
        ASSERT_EQ(refused_by_closing(*queue, count, round % 2 == 0, refused), count)
            << "push must return false with its argument unchanged";
    }
}

// All of them, and those that are in pop_for beside others in pop.
void close_wakes_pop_for(const queue_under_test& subject) {
    for (const bool beside_pop : {false, true}) {
        const doing what(beside_pop ? "threads in pop_for and in pop" : "threads in pop_for");
        const auto queue = subject.numbers(4);
        const unsigned count = waiters(subject.spec->consumers);
        std::atomic<unsigned> callers = 0;
        const auto refused = [&] {
            number value = untouched;
            const auto consumer = queue->consumer();
            const bool by_pop = beside_pop && callers++ % 2 == 0;
            const bool popped = by_pop ? consumer->pop(value) : consumer->pop_for(value, for_ever);
            return !popped && value == untouched;
        };
        ASSERT_EQ(refused_by_closing(*queue, count, true, refused), count)
            << "each must return false with its argument unchanged";
    }
}

// Closed by two threads at once, and once more when it is closed.
void close_may_be_called_again(const queue_under_test& subject) {
    for (std::size_t round = 0; round < scaled(50, 10); ++round) {
        const auto queue = subject.numbers(4);
        ASSERT_TRUE(queue->producer()->try_push(7));
        run_threads(2, [&](unsigned) { queue->close(); });
        number value = untouched;
        ASSERT_TRUE(queue->consumer()->try_pop(value)) << "an item was left";
        for (int again = 0; again < 2; ++again) {
            expect_closed_to(*queue);
            if (testing::Test::HasFailure()) return;
            queue->close();
        }
    }
}

void closed_queue_returns_what_is_left(const queue_under_test& subject) {
    enum class call { pop, try_pop, pop_for };
    for (const call by : {call::pop, call::try_pop, call::pop_for}) {
        if (by == call::pop_for && !subject.timed) continue;
        const doing what(by == call::pop ? "by pop" : by == call::try_pop ? "by try_pop" : "by pop_for");
        const auto queue = subject.numbers(4);
        contents held(subject.spec->delivery);
        {
            const auto producer = queue->producer();
            for (number i = 0; i < 4; ++i) {
                ASSERT_TRUE(producer->push(number{i}));
                held.push(i);
            }
        }
        queue->close();
        const auto consumer = queue->consumer();
        const auto take = [&](number& value) {
            if (by == call::pop) return consumer->pop(value);
            return by == call::try_pop ? consumer->try_pop(value) : consumer->pop_for(value, for_ever);
        };
        while (!held.empty()) {
            number value = untouched;
            ASSERT_TRUE(take(value)) << held.size() << " items were left";
            ASSERT_TRUE(held.pop(value)) << held.why();
        }
        number value = untouched;
        EXPECT_FALSE(take(value)) << "popped " << value << " from a closed, empty queue";
        EXPECT_EQ(value, untouched) << "a pop on a closed, empty queue changed its argument";
    }
}

void closed_queue_takes_nothing(const queue_under_test& subject) {
    const auto numbers = subject.numbers(4);
    numbers->close();
    expect_closed_to(*numbers);
    if (subject.owned_items != nullptr) {
        const auto items = subject.owned_items(4);
        items->close();
        expect_closed_to(*items);
    }
}

// A push that returned true has its item come out, however near to it the close fell.
void close_under_load_loses_nothing(const queue_under_test& subject) {
    const unsigned producers = subject.spec->producers == cardinality::many ? 2 : 1;
    const unsigned consumers = subject.spec->consumers == cardinality::many ? 2 : 1;
    for (std::size_t round = 0; round < scaled(100, 20); ++round) {
        const auto queue = subject.numbers(round % 2 == 0 ? 2 : 64);
        std::atomic<std::size_t> pushed = 0;
        std::atomic<std::size_t> popped = 0;
        std::atomic<std::size_t> sum = 0;  // of the items pushed, less those popped
        const auto pop_all = [&] {
            const auto consumer = queue->consumer();
            for (number value = untouched; consumer->pop(value); ++popped) sum -= value;
        };
        const auto push_all = [&](unsigned self) {
            const auto producer = queue->producer();
            for (std::size_t i = 0; producer->push(item_value(self, i)); ++i) {
                ++pushed;
                sum += item_value(self, i);
            }
        };
        const std::size_t enough = random_below(200);
        run_threads(
            producers + consumers, [&](unsigned i) { i < producers ? push_all(i) : pop_all(); },
            [&] {
                while (pushed < enough) give_way();
                queue->close();
            });
        pop_all();
        ASSERT_EQ(pushed, popped) << "in round " << round;
        ASSERT_EQ(sum, 0U) << "the items popped are not those pushed, in round " << round;
    }
}

}  // namespace handoff::conformance
