// A bulk call is as if the handle had made single calls until one failed: what a thread that is alone with
// the queue sees of that.
#include <gtest/gtest.h>

#include <algorithm>
#include <concepts>
#include <string>
#include <vector>

#include "contents.hpp"
#include "index_limits.hpp"
#include "requested.hpp"
#include "session.hpp"
#include "tests.hpp"

namespace handoff::conformance {
namespace {

constexpr std::size_t bulk_capacities[] = {1, 2, 3, 7, 64};

// Above the marks of all places of a pop.
constexpr std::uint64_t first_bulk_value = std::uint64_t{1} << 24;

// As of a single call (moves.cpp), for each item.
constexpr std::size_t most_moves_of_one = 3;

// One thread pushes and pops, several items at once and single ones, beside a record of what is held.
template <class T>
class bulk_run {
public:
    bulk_run(const queue_under_test& subject, std::unique_ptr<any_queue<T>> queue, std::size_t requested)
        : queue_(std::move(queue)),
          producer_(queue_->producer()),
          consumer_(queue_->consumer()),
          held_(subject.spec->delivery),
          bounded_(subject.bounded()),
          room_(bounded_ ? queue_->capacity() : requested) {}

    std::size_t room() const { return room_; }

    // With `nth`, the nth move throws.
    void push(std::size_t count, unsigned nth = 0) {
        std::vector<T> items = some(count, next_);
        const std::size_t due = bounded_ ? std::min(count, room_ - held_.size()) : count;
        const std::size_t moves = ledger::moves();
        std::size_t taken = 0;
        if (!throws(nth, [&] { taken = producer_->try_push_bulk(items.data(), count); })) {
            ASSERT_EQ(taken, due) << "items that went in, says a try_push_bulk of " << count << ", with "
                                  << held_.size() << " of " << room_ << " items held";
            expect_moves(ledger::moves() - moves, taken);
        } else {
            taken = number_gone(items);
        }
        for (std::size_t i = 0; i < taken; ++i) held_.push(next_ + i);
        if constexpr (!std::same_as<T, number>) {
            ASSERT_EQ(number_gone(items), taken) << "items that a try_push_bulk has taken from its caller";
        }
        for (std::size_t i = taken; i < count; ++i) {
            ASSERT_EQ(value_of(items[i]), next_ + i)
                << "a try_push_bulk changed an item that it did not take";
        }
        next_ += count;
    }

    void pop(std::size_t count, unsigned nth = 0) {
        std::vector<T> items = some(count, mark);
        const std::size_t due = std::min(count, held_.size());
        const std::size_t moves = ledger::moves();
        std::size_t taken = 0;
        if (!throws(nth, [&] { taken = consumer_->try_pop_bulk(items.data(), count); })) {
            ASSERT_EQ(taken, due) << "items that came out, says a try_pop_bulk of " << count << ", with "
                                  << held_.size() << " items held";
            expect_moves(ledger::moves() - moves, taken);
        } else {
            while (taken < count && value_of(items[taken]) != mark + taken) ++taken;
        }
        for (std::size_t i = 0; i < taken; ++i) ASSERT_TRUE(held_.pop(value_of(items[i]))) << held_.why();
        for (std::size_t i = taken; i < count; ++i) {
            ASSERT_EQ(value_of(items[i]), mark + i) << "a try_pop_bulk changed what it did not replace";
        }
    }

    void push_one() {
        T item = make<T>(next_);
        const bool fits = !bounded_ || held_.size() < room_;
        ASSERT_EQ(producer_->try_push(std::move(item)), fits)
            << "a single push with " << held_.size() << " of " << room_ << " items held";
        if (fits) held_.push(next_++);
    }

    void pop_one() {
        T item = make<T>(mark);
        ASSERT_EQ(consumer_->try_pop(item), !held_.empty())
            << "a single pop with " << held_.size() << " items held";
        if (!held_.empty()) {
            ASSERT_TRUE(held_.pop(value_of(item))) << held_.why();
        }
    }

    // One random call of up to `most` items.
    void step(std::size_t most, unsigned nth = 0) {
        switch (random_below(6)) {
            case 0:
                return push_one();
            case 1:
                return pop_one();
            case 2:
            case 3:
                return push(random_below(most + 1), nth);
            default:
                return pop(random_below(most + 1), nth);
        }
    }

    void drain() {
        pop(held_.size());
        if (!testing::Test::HasFailure()) pop_one();
    }

    std::size_t thrown = 0;

private:
    static std::vector<T> some(std::size_t count, std::uint64_t first) {
        std::vector<T> items;
        items.reserve(count);
        for (std::size_t i = 0; i < count; ++i) items.push_back(make<T>(first + i));
        return items;
    }

    // Of those at the beginning, how many were moved from.
    static std::size_t number_gone(const std::vector<T>& items) {
        const auto is_there = [](const T& item) { return value_of(item) != no_value; };
        return static_cast<std::size_t>(std::find_if(items.begin(), items.end(), is_there) - items.begin());
    }

    static void expect_moves(std::size_t moves, std::size_t items) {
        if constexpr (std::same_as<T, tracked_move_only>) {
            EXPECT_GE(moves, items) << "moves of the items of a bulk";
            EXPECT_LE(moves, items * most_moves_of_one) << "moves of the items of a bulk";
        }
    }

    template <class Call>
    bool throws([[maybe_unused]] unsigned nth, Call call) {
        if constexpr (std::same_as<T, fallible>) {
            fallible::fail_at_move(nth);
            try {
                call();
                fallible::fail_at_move(0);
                return false;
            } catch (const move_failed&) {
                fallible::fail_at_move(0);
                ++thrown;
                return true;
            }
        } else {
            call();
            return false;
        }
    }

    const std::unique_ptr<any_queue<T>> queue_;
    const std::unique_ptr<any_producer<T>> producer_;
    const std::unique_ptr<any_consumer<T>> consumer_;
    contents held_;
    const bool bounded_;
    const std::size_t room_;
    std::uint64_t next_ = first_bulk_value;
};

// As many random calls as take a ring of any size round several times.
template <class T>
void go_round_in_bulk(bulk_run<T>& run, std::size_t steps) {
    for (std::size_t i = 0; i < steps && !testing::Test::HasFailure(); ++i) run.step(run.room() + 2);
    if (!testing::Test::HasFailure()) run.drain();
}

void expect_all_dead() {
    EXPECT_EQ(ledger::mistakes(), 0U) << "objects died twice, or were used while not alive";
    EXPECT_EQ(ledger::alive(), 0U) << "objects were never destroyed";
}

}  // namespace

void bulk_calls_stop_at_full_and_empty(const queue_under_test& subject) {
    for (const std::size_t requested : bulk_capacities) {
        const doing what(requested_text(requested));
        bulk_run<number> run(subject, subject.numbers(requested), requested);
        const std::size_t room = run.room();
        for (const std::size_t held : {std::size_t{0}, std::size_t{1}, room / 2, room - 1, room}) {
            for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{2}, room, 3 * room}) {
                for (std::size_t i = 0; i < held; ++i) run.push_one();
                run.push(count);
                run.pop(count);
                run.push_one();
                run.drain();
                run.pop(count);
                if (testing::Test::HasFailure()) return;
            }
        }
    }
}

void bulk_laps_lose_nothing(const queue_under_test& subject) {
    for (const std::size_t requested : bulk_capacities) {
        const doing what(requested_text(requested));
        bulk_run<number> run(subject, subject.numbers(requested), requested);
        go_round_in_bulk(run, scaled(1'000, 100));
        if (testing::Test::HasFailure()) return;
    }
}

void bulk_calls_pass_the_wrap(const queue_under_test& subject) {
    for (const std::uint64_t limit : index_limits) {
        for (const std::size_t requested : {1U, 2U, 3U, 7U}) {
            for (std::uint64_t before = 0; before <= 8; ++before) {
                const first_index first{limit - before};
                const doing what(requested_text(requested) + ", first index " + std::to_string(first.value));
                bulk_run<number> run(subject, subject.numbers_from(requested, first), requested);
                go_round_in_bulk(run, 16);
                if (testing::Test::HasFailure()) return;
            }
        }
    }
}

void bulk_calls_move_what_they_take(const queue_under_test& subject) {
    for (const std::size_t requested : bulk_capacities) {
        const doing what(requested_text(requested));
        ledger::clear();
        {
            bulk_run<tracked_move_only> run(subject, subject.tracked_items(requested), requested);
            go_round_in_bulk(run, scaled(100, 20));
            run.push(run.room() + 1);
        }
        expect_all_dead();
        if (testing::Test::HasFailure()) return;
    }
}

void move_only_items_pass_in_bulk(const queue_under_test& subject) {
    for (const std::size_t requested : bulk_capacities) {
        const doing what(requested_text(requested));
        bulk_run<owned> run(subject, subject.owned_items(requested), requested);
        go_round_in_bulk(run, scaled(100, 20));
        if (testing::Test::HasFailure()) return;
    }
}

void throwing_move_in_a_bulk_loses_nothing(const queue_under_test& subject) {
    for (const std::size_t requested : {1U, 3U, 8U}) {
        const doing what(requested_text(requested));
        ledger::clear();
        {
            bulk_run<fallible> run(subject, subject.fallible_items(requested), requested);
            for (std::size_t i = 0; i < 300 && !testing::Test::HasFailure(); ++i) {
                run.step(run.room() + 2, static_cast<unsigned>(random_below(6)));
            }
            if (!testing::Test::HasFailure()) run.drain();
            EXPECT_GT(run.thrown, 0U) << "no bulk moved its items";
        }
        expect_all_dead();
        if (testing::Test::HasFailure()) return;
    }
}

}  // namespace handoff::conformance
