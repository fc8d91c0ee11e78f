#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "contents.hpp"
#include "tests.hpp"
#include "transfer.hpp"

namespace handoff::conformance {
namespace {

// More than a table of queues may have places.
constexpr std::size_t many_queues = 150;

// A queue with what it should hold.
struct one_of_many {
    std::unique_ptr<any_queue<number>> queue;
    contents held;

    void push(number value) {
        ASSERT_TRUE(queue->producer()->try_push(number{value}))
            << "a push failed with " << held.size() << " items held";
        held.push(value, value);  // each through a handle of its own
    }
    void pop() {
        number value = untouched;
        ASSERT_TRUE(queue->consumer()->try_pop(value)) << held.size() << " items are missing";
        ASSERT_TRUE(held.pop(value)) << held.why();
    }
    void expect_empty() {
        number value = untouched;
        ASSERT_FALSE(queue->consumer()->try_pop(value)) << "popped " << value << " from an empty queue";
    }
};

}  // namespace

// What goes into one comes out of it, and of no other.
void queues_live_side_by_side(const queue_under_test& subject) {
    std::vector<one_of_many> all;
    for (std::size_t i = 0; i < many_queues; ++i)
        all.push_back({subject.numbers(3), contents(subject.spec->delivery)});
    number next = 0;
    for (std::size_t lap = 0; lap < 3 && !testing::Test::HasFailure(); ++lap) {
        const doing what("lap " + std::to_string(lap) + " of pushes and pops of one thread");
        for (one_of_many& one : all) one.push(next++);
        for (one_of_many& one : all) one.push(next++);
        for (one_of_many& one : all) one.pop();
        for (std::size_t i = lap; i < all.size(); i += 5)
            all[i] = {subject.numbers(3), contents(subject.spec->delivery)};
        for (one_of_many& one : all)
            if (!one.held.empty()) one.pop();
        for (one_of_many& one : all) one.expect_empty();
    }
}

// A thread outlives queues, of which each may lie where the last one lay, with items in it when it goes: what
// the thread has kept of one is nothing to the next.
void threads_outlive_queues(const queue_under_test& subject) {
    std::unique_ptr<any_queue<number>> queue = subject.numbers(4);
    const auto use = [&](unsigned) {
        for (number generation = 0; generation < 40 && !testing::Test::HasFailure(); ++generation) {
            one_of_many tested{std::move(queue), contents(subject.spec->delivery)};
            tested.expect_empty();
            for (number i = 0; i < 3; ++i) tested.push(generation * 3 + i);
            tested.pop();
            if (generation % 2 == 0) tested.pop();
            tested.queue.reset();
            queue = subject.numbers(4);
        }
    };
    use(0);
    run_threads(1, use);  // with a queue that another thread has made
}

}  // namespace handoff::conformance
