#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "tests.hpp"
#include "transfer.hpp"
#include "waiting.hpp"

namespace handoff::conformance {
namespace {

using std::chrono::microseconds;

// Waits for an item by pop, or by pop_for where that is all that the queue has.
bool wait_for_an_item(const queue_under_test& subject, any_queue<number>& queue, bool by_pop_for) {
    number value = untouched;
    const auto consumer = queue.consumer();
    return by_pop_for || !subject.blocking ? consumer->pop_for(value, for_ever) : consumer->pop(value);
}

// One thread waits without end, and another one in a pop_for that ends about when an item comes: he who has
// given up, and was woken nevertheless, must not keep the other one asleep.
void meet_at_the_timeout(const queue_under_test& subject, any_queue<number>& queue,
                         microseconds first_gives_up, microseconds until_push) {
    std::atomic<bool> waits = false;
    std::atomic<unsigned> received = 0;
    const auto push = [&] { queue.producer()->try_push(1); };
    run_threads(
        2,
        [&](unsigned self) {
            if (self == 0) {
                const auto consumer = queue.consumer();
                number value = untouched;
                waits = true;
                if (consumer->pop_for(value, first_gives_up)) ++received;
                return;
            }
            // Behind the other one, who is woken first by a queue that is fair.
            while (!waits) give_way();
            std::this_thread::sleep_for(microseconds(20));
            if (wait_for_an_item(subject, queue, false)) ++received;
        },
        [&] {
            while (!waits) give_way();
            std::this_thread::sleep_for(until_push);
            push();
            while (received == 0) give_way();
            if (received == 1) push();
        });
    // The second item was for the thread without a timeout, unless it had the first.
    number value = untouched;
    while (queue.consumer()->try_pop(value)) {
    }
}

constexpr unsigned many_waiters = 40;

}  // namespace

void waiters_of_all_kinds_are_served(const queue_under_test& subject) {
    for (std::size_t round = 0; round < scaled(10, 4); ++round) {
        const auto queue = subject.numbers(64);
        constexpr unsigned count = 4;
        std::atomic<unsigned> served = 0;
        run_threads(
            count,
            [&](unsigned self) {
                if (wait_for_an_item(subject, *queue, (self + round) % 2 == 0)) ++served;
            },
            [&] {
                nap();
                const auto producer = queue->producer();
                for (unsigned i = 0; i < count; ++i) EXPECT_TRUE(producer->try_push(number{i}));
            });
        ASSERT_EQ(served, count) << "of the threads in pop and in pop_for, in round " << round;
    }
}

void pop_for_that_gives_up_leaves_others_their_wake_up(const queue_under_test& subject) {
    const auto queue = subject.numbers(4);
    constexpr microseconds gives_up{150};
    for (std::size_t round = 0; round < scaled(300, 100); ++round) {
        if (round % 50 == 0) now_doing("round " + std::to_string(round));
        meet_at_the_timeout(subject, *queue, gives_up,
                            gives_up + microseconds(random_below(120)) - microseconds(20));
    }
}

// More than a table of waiters may have places.
void crowds_of_waiters_are_served(const queue_under_test& subject) {
    const auto queue = subject.numbers(many_waiters);
    std::atomic<unsigned> served = 0;
    run_threads(
        many_waiters,
        [&](unsigned self) {
            if (wait_for_an_item(subject, *queue, subject.timed && self % 4 == 0)) ++served;
        },
        [&] {
            nap();
            const auto producer = queue->producer();
            for (unsigned i = 0; i < many_waiters; ++i) EXPECT_TRUE(producer->try_push(number{i}));
        });
    EXPECT_EQ(served, many_waiters) << "of so many threads that waited at once";
}

}  // namespace handoff::conformance
