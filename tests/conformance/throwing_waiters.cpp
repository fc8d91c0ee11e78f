#include <gtest/gtest.h>

#include <atomic>

#include "session.hpp"
#include "tests.hpp"
#include "threads.hpp"

namespace handoff::conformance {
namespace {

// Calls until `call` throws at no move before its nth: then it makes n - 1 moves.
template <class Call>
unsigned moves_of(Call call) {
    for (unsigned nth = 1;; ++nth) {
        fallible::fail_at_move(nth);
        try {
            call();
            fallible::fail_at_move(0);
            return nth - 1;
        } catch (const move_failed&) {
        }
    }
}

struct outcomes {
    unsigned done = 0;
    unsigned thrown = 0;
};

// Two threads wait in `call`, until the test's thread lets one of them go on by `release`, which makes so
// many moves. The next move, of the thread that is woken, throws, and the other one has to be woken for it.
template <class Call, class Release>
outcomes fail_one_waiter(Call call, Release release, unsigned moves) {
    std::atomic<unsigned> done = 0;
    std::atomic<unsigned> thrown = 0;
    run_threads(
        2,
        [&](unsigned) {
            try {
                if (call()) ++done;
            } catch (const move_failed&) {
                ++thrown;
            }
        },
        [&] {
            nap();
            fallible::fail_at_move(moves + 1);
            release();
        });
    fallible::fail_at_move(0);
    return {done, thrown};
}

void expect_one_of_each(const outcomes& seen) {
    EXPECT_EQ(seen.thrown, 1U) << "of two waiting threads, whose first move throws";
    EXPECT_EQ(seen.done, 1U) << "of two waiting threads, after the first one's move has thrown";
}

}  // namespace

// A thread that was woken for an item, and cannot take it, must wake another one that can.
void throwing_pop_wakes_another(const queue_under_test& subject) {
    for (std::size_t round = 0; round < scaled(20, 5); ++round) {
        const auto queue = subject.fallible_items(4);
        const auto push = [&] { ASSERT_TRUE(queue->producer()->push(fallible(1))); };
        const auto pop = [&] {
            fallible item(no_value);
            return queue->consumer()->pop(item);
        };
        const unsigned moves = moves_of(push);
        ASSERT_TRUE(pop());
        expect_one_of_each(fail_one_waiter(pop, push, moves));
        if (testing::Test::HasFailure()) return;
    }
}

// The same of a place.
void throwing_push_wakes_another(const queue_under_test& subject) {
    for (std::size_t round = 0; round < scaled(20, 5); ++round) {
        const auto queue = subject.fallible_items(2);
        const auto push = [&] { return queue->producer()->push(fallible(1)); };
        const auto pop = [&] {
            fallible item(no_value);
            ASSERT_TRUE(queue->consumer()->pop(item));
        };
        for (std::size_t i = 0; i < queue->capacity(); ++i) ASSERT_TRUE(push());
        const unsigned moves = moves_of(pop);
        ASSERT_TRUE(push());
        expect_one_of_each(fail_one_waiter(push, pop, moves));
        if (testing::Test::HasFailure()) return;
    }
}

}  // namespace handoff::conformance
