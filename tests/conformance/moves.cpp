#include <gtest/gtest.h>

#include <string>

#include "session.hpp"
#include "tests.hpp"

namespace handoff::conformance {
namespace {

// Out of the argument into the slot, or with two stops on the way: atomic_queue hands a popped item through
// two functions by value, which makes three moves with g++ 12.
constexpr std::size_t most_moves = 3;

template <class T>
class move_counts {
public:
    explicit move_counts(any_queue<T>& queue) : producer_(queue.producer()), consumer_(queue.consumer()) {}

    void push(std::uint64_t value) {
        T item(value);
        const std::size_t before = ledger::moves();
        ASSERT_TRUE(producer_->try_push(std::move(item)));
        EXPECT_GE(ledger::moves() - before, 1U);
        EXPECT_LE(ledger::moves() - before, most_moves) << "moves or copies in a push that succeeds";
    }
    void pop() {
        T item(0);
        const std::size_t before = ledger::moves();
        const std::size_t alive = ledger::alive();
        ASSERT_TRUE(consumer_->try_pop(item));
        EXPECT_GE(ledger::moves() - before, 1U);
        EXPECT_LE(ledger::moves() - before, most_moves) << "moves or copies in a pop that succeeds";
        EXPECT_LE(ledger::alive(), alive) << "items alive, after a pop that has made more than it destroyed";
    }
    void fail_to_push() {
        T item(7);
        const std::size_t before = ledger::moves();
        ASSERT_FALSE(producer_->try_push(std::move(item)));
        EXPECT_EQ(ledger::moves(), before) << "a push that failed has moved its argument, if only to and fro";
    }
    void fail_to_pop() {
        T item(7);
        const std::size_t before = ledger::moves();
        ASSERT_FALSE(consumer_->try_pop(item));
        EXPECT_EQ(ledger::moves(), before) << "a pop that failed has moved an item";
    }

private:
    const std::unique_ptr<any_producer<T>> producer_;
    const std::unique_ptr<any_consumer<T>> consumer_;
};

template <class T>
void expect_few_moves(const queue_under_test& subject, maker<T> make_queue) {
    for (const std::size_t requested : {1U, 3U, 8U}) {
        const doing what("requested capacity " + std::to_string(requested));
        ledger::clear();
        const auto queue = make_queue(requested);
        const std::size_t room = subject.bounded() ? queue->capacity() : requested;
        move_counts<T> tested(*queue);
        for (int lap = 0; lap < 3 && !testing::Test::HasFailure(); ++lap) {
            tested.fail_to_pop();
            for (std::size_t i = 0; i < room && !testing::Test::HasFailure(); ++i) tested.push(i);
            if (subject.bounded()) tested.fail_to_push();
            for (std::size_t i = 0; i < room && !testing::Test::HasFailure(); ++i) tested.pop();
        }
        if (testing::Test::HasFailure()) return;
    }
}

}  // namespace

void calls_move_no_more_than_they_must(const queue_under_test& subject) {
    if (subject.tracked_items != nullptr) expect_few_moves(subject, subject.tracked_items);
    if (subject.tracked_copies != nullptr) expect_few_moves(subject, subject.tracked_copies);
}

}  // namespace handoff::conformance
