#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <utility>

#include "contents.hpp"
#include "session.hpp"
#include "tests.hpp"
#include "threads.hpp"
#include "transfer.hpp"
#include "waiting.hpp"

namespace handoff::conformance {
namespace {

constexpr std::size_t lifecycle_capacities[] = {1, 2, 3, 7, 64};

void expect_ledger_balanced() {
    EXPECT_EQ(ledger::mistakes(), 0U) << "objects died twice, or were used while not alive";
    EXPECT_EQ(ledger::alive(), 0U) << "objects were never destroyed";
}

// How many items a test may put into the queue.
template <class T>
std::size_t room_of(const queue_under_test& subject, const any_queue<T>& queue, std::size_t requested) {
    return subject.bounded() ? queue.capacity() : requested;
}

template <class T>
void push_some(any_producer<T>& producer, contents& held, std::uint64_t& next, std::size_t count) {
    for (; count > 0; --count) {
        ASSERT_TRUE(producer.try_push(T(next)));
        held.push(next++);
    }
}

template <class T>
void pop_some(any_consumer<T>& consumer, contents& held, std::size_t count) {
    for (T item; count > 0; --count) {
        ASSERT_TRUE(consumer.try_pop(item));
        ASSERT_TRUE(held.pop(item.value())) << held.why();
    }
}

template <class T>
void check_deaths(const queue_under_test& subject, maker<T> make_queue) {
    for (const std::size_t requested : lifecycle_capacities) {
        const doing what("requested capacity " + std::to_string(requested));
        ledger::clear();
        {
            const auto queue = make_queue(requested);
            const auto producer = queue->producer();
            const auto consumer = queue->consumer();
            const std::size_t room = room_of(subject, *queue, requested);
            contents held(subject.spec->delivery);
            std::uint64_t next = 0;
            for (std::size_t lap = 0; lap < 20 && !testing::Test::HasFailure(); ++lap) {
                push_some(*producer, held, next, random_below(room - held.size() + 1));
                if (subject.bounded() && held.size() == room) {
                    T item(no_value);
                    ASSERT_FALSE(producer->try_push(std::move(item)));
                }
                pop_some(*consumer, held, random_below(held.size() + 1));
            }
            pop_some(*consumer, held, held.size());
            T item(no_value);
            ASSERT_FALSE(consumer->try_pop(item));
        }
        expect_ledger_balanced();
    }
}

// Leaves `left` items in a queue through which `before` items have passed, and destroys it.
template <class T>
void leave_behind(const queue_under_test& subject, any_queue<T>& queue, std::size_t before,
                  std::size_t left) {
    const auto producer = queue.producer();
    const auto consumer = queue.consumer();
    contents held(subject.spec->delivery);
    std::uint64_t next = 0;
    for (std::size_t i = 0; i < before; ++i) {
        push_some(*producer, held, next, 1);
        pop_some(*consumer, held, 1);
    }
    push_some(*producer, held, next, left);
}

template <class T>
void check_leftovers(const queue_under_test& subject, maker<T> make_queue) {
    std::size_t last_room = 0;
    for (const std::size_t requested : lifecycle_capacities) {
        const std::size_t room = room_of(subject, *make_queue(requested), requested);
        // Some queues round every small request up to the same thousands.
        if (std::exchange(last_room, room) == room) continue;
        for (const std::size_t before : {std::size_t{0}, room / 2 + 1, room, room * 2 + 1}) {
            for (const std::size_t left : {std::size_t{0}, std::size_t{1}, (room + 1) / 2, room}) {
                const doing what("requested capacity " + std::to_string(requested) + ", " +
                                 std::to_string(left) + " left after " + std::to_string(before));
                ledger::clear();
                leave_behind(subject, *make_queue(requested), before, left);
                expect_ledger_balanced();
                if (testing::Test::HasFailure()) return;
            }
        }
    }
}

// Several threads push and pop at the same time, and are gone when the queue is destroyed with what is left.
// No producer finds the queue full, and there are fewer pops than pushes.
template <class T>
void leave_behind_by_many(const queue_under_test& subject, any_queue<T>& queue, std::size_t room) {
    const unsigned producers = subject.spec->producers == cardinality::many ? 3 : 1;
    const unsigned consumers = subject.spec->consumers == cardinality::many ? 2 : 1;
    const std::size_t pushes = room / producers;
    const std::size_t pops = random_below(producers * pushes / consumers);
    std::atomic<std::size_t> popped = 0;
    run_threads(producers + consumers, [&](unsigned self) {
        if (self < producers) {
            const auto producer = queue.producer();
            for (std::size_t i = 0; i < pushes; ++i) {
                while (!producer->try_push(T(item_value(self, i)))) give_way();
            }
            return;
        }
        const auto consumer = queue.consumer();
        T item(no_value);
        // Not for ever: a faulty queue may have lost what is waited for.
        for (std::size_t i = 0, tries = 0; i < pops && tries < 10'000; ++tries) {
            consumer->try_pop(item) ? static_cast<void>(++i, ++popped) : give_way();
        }
    });
    EXPECT_GE(ledger::alive(), producers * pushes - popped) << "objects are missing";
}

template <class T>
void check_leftovers_of_many(const queue_under_test& subject, maker<T> make_queue) {
    for (const std::size_t requested : {3U, 64U}) {
        for (std::size_t round = 0; round < scaled(8, 3); ++round) {
            const doing what("requested capacity " + std::to_string(requested) + ", round " +
                             std::to_string(round));
            ledger::clear();
            {
                const auto queue = make_queue(requested);
                leave_behind_by_many(subject, *queue, room_of(subject, *queue, requested));
            }
            expect_ledger_balanced();
            if (testing::Test::HasFailure()) return;
        }
    }
}

// A push or a pop whose nth move throws: the item is then still where it was.
class fallible_run {
public:
    fallible_run(const queue_under_test& subject, std::size_t requested, waiting wait)
        : queue_(subject.fallible_items(requested)),
          producer_(queue_->producer()),
          consumer_(queue_->consumer()),
          held_(subject.spec->delivery),
          room_(room_of(subject, *queue_, requested)),
          wait_(wait) {}

    void push(unsigned nth) {
        if (held_.size() == room_) return;
        fallible item(next_);
        bool thrown = false;
        bool taken = false;
        fallible::fail_at_move(nth);
        try {
            taken = wait_ == waiting::own_calls ? producer_->push(std::move(item))
                                                : producer_->try_push(std::move(item));
        } catch (const move_failed&) {
            thrown = true;
        }
        fallible::fail_at_move(0);
        if (thrown) {
            ++thrown_pushes;
            EXPECT_EQ(item.value(), next_) << "a " << push_call_ << " that threw changed its argument";
        } else {
            EXPECT_TRUE(taken) << push_call_ << " failed with " << held_.size() << " of " << room_
                               << " items held";
            held_.push(next_);
        }
        ++next_;
    }

    void pop(unsigned nth) {
        if (held_.empty()) return;
        fallible item(no_value);
        bool thrown = false;
        bool popped = false;
        fallible::fail_at_move(nth);
        try {
            popped = wait_ == waiting::own_calls     ? consumer_->pop(item)
                     : wait_ == waiting::timed_calls ? consumer_->pop_for(item, for_ever)
                                                     : consumer_->try_pop(item);
        } catch (const move_failed&) {
            thrown = true;
        }
        fallible::fail_at_move(0);
        if (thrown) {
            ++thrown_pops;
        } else {
            EXPECT_TRUE(popped) << pop_call_ << " failed with " << held_.size() << " items held";
            if (popped) {
                EXPECT_TRUE(held_.pop(item.value())) << held_.why();
            }
        }
    }

    void drain() {
        while (!held_.empty() && !testing::Test::HasFailure()) pop(0);
    }

    std::size_t thrown_pushes = 0;
    std::size_t thrown_pops = 0;

private:
    const std::unique_ptr<any_queue<fallible>> queue_;
    const std::unique_ptr<any_producer<fallible>> producer_;
    const std::unique_ptr<any_consumer<fallible>> consumer_;
    contents held_;
    const std::size_t room_;
    const waiting wait_;
    const std::string push_call_ = wait_ == waiting::own_calls ? "push" : "try_push";
    const std::string pop_call_ = wait_ == waiting::own_calls     ? "pop"
                                  : wait_ == waiting::timed_calls ? "pop_for"
                                                                  : "try_pop";
    std::uint64_t next_ = 0;
};

void live_through_throws(const queue_under_test& subject, std::size_t requested, waiting wait) {
    fallible_run run(subject, requested, wait);
    for (std::size_t i = 0; i < 400 && !testing::Test::HasFailure(); ++i) {
        // 0: no move throws. Most queues move an item once a call, some twice.
        const auto nth = static_cast<unsigned>(random_below(4));
        if (random_below(2) == 0) {
            run.push(nth);
        } else {
            run.pop(nth);
        }
    }
    run.drain();
    EXPECT_GT(run.thrown_pushes, 0U) << "no push moved its item";
    EXPECT_GT(run.thrown_pops, 0U) << "no pop moved its item";
}

}  // namespace

void items_die_exactly_once(const queue_under_test& subject) {
    if (subject.tracked_items != nullptr) check_deaths(subject, subject.tracked_items);
    if (subject.tracked_copies != nullptr) check_deaths(subject, subject.tracked_copies);
}

void destructor_frees_leftovers(const queue_under_test& subject) {
    if (subject.tracked_items != nullptr) check_leftovers(subject, subject.tracked_items);
    if (subject.tracked_copies != nullptr) check_leftovers(subject, subject.tracked_copies);
}

void destructor_frees_what_many_left(const queue_under_test& subject) {
    if (subject.tracked_items != nullptr) {
        check_leftovers_of_many(subject, subject.tracked_items);
    } else {
        check_leftovers_of_many(subject, subject.tracked_copies);
    }
}

void throwing_move_loses_nothing(const queue_under_test& subject) {
    // A push or a pop of the queue's own need not wait here, but counts itself as one that does.
    for (const waiting wait : {waiting::try_calls, waiting::own_calls, waiting::timed_calls}) {
        if (wait == waiting::own_calls && !subject.blocking) continue;
        if (wait == waiting::timed_calls && !subject.timed) continue;
        for (const std::size_t requested : {1U, 3U, 8U}) {
            const doing what("requested capacity " + std::to_string(requested) +
                             (wait == waiting::own_calls     ? ", own push and pop"
                              : wait == waiting::timed_calls ? ", pop_for"
                                                             : ""));
            ledger::clear();
            live_through_throws(subject, requested, wait);
            expect_ledger_balanced();
            if (testing::Test::HasFailure()) return;
        }
    }
}

}  // namespace handoff::conformance
