#include <gtest/gtest.h>

#include <atomic>

#include "tests.hpp"
#include "transfer.hpp"

namespace handoff::conformance {
namespace {

// Two and more orders of magnitude apart: always full, sometimes, hardly ever.
const std::vector<std::size_t> transfer_capacities = {1, 2, 3, 4, 64, 1024};

template <class T>
void expect_transfers(const queue_under_test& subject, maker<T> make_queue,
                      const std::vector<transfer_plan>& plans) {
    for (const transfer_plan& plan : plans) {
        const doing what(describe(plan));
        const auto queue = make_queue(plan.requested);
        transfer<T> moved(*queue, plan);
        const transfer_log& log = moved.run();
        expect_conserved(log);
        if (subject.spec->failure != try_failure::spurious) expect_nothing_left(log);
        if (testing::Test::HasFailure()) return;
    }
}

// Two threads that take turns, so that their calls never overlap: the next call begins after the last has
// returned, and sees that it has.
class baton {
public:
    explicit baton(unsigned holders) : holders_(holders) {}
    void await(unsigned self) const {
        while (turn_.load(std::memory_order_acquire) % holders_ != self) give_way();
    }
    void pass() { turn_.fetch_add(1, std::memory_order_release); }

private:
    const unsigned holders_;
    std::atomic<unsigned> turn_{0};
};

// Linearizable order seen cheaply: producers push in turn, consumers pop in turn, so real time orders all
// pushes and all pops, across threads. Consumers let a backlog of `requested` / 2 items grow before each
// burst of pops: in a queue that holds one item, any order is right.
class in_turns {
public:
    in_turns(any_queue<number>& queue, unsigned producers, unsigned consumers, std::size_t requested,
             std::size_t count)
        : queue_(queue),
          producers_(producers),
          consumers_(consumers),
          requested_(requested),
          count_(count),
          pushing_(producers),
          popping_(consumers) {}

    std::vector<std::uint64_t> run() {
        run_threads(producers_ + consumers_,
                    [this](unsigned i) { i < producers_ ? push(i) : pop(i - producers_); });
        const auto rest = queue_.consumer();
        for (number value; popped_.size() < count_ && rest->try_pop(value);) popped_.push_back(value);
        return popped_;
    }

private:
    void push(unsigned self) {
        const auto producer = queue_.producer();
        for (pushing_.await(self); pushed_ < count_; pushing_.await(self)) {
            while (!producer->try_push(number{pushed_})) give_way();
            ++pushed_;
            pushing_.pass();
        }
        done_.store(true, std::memory_order_release);
        pushing_.pass();
    }

    void pop(unsigned self) {
        const auto consumer = queue_.consumer();
        for (popping_.await(self); !ended_; popping_.await(self)) {
            pop_one(*consumer);
            popping_.pass();
        }
        popping_.pass();
    }

    void pop_one(any_consumer<number>& consumer) {
        if (popped_.size() % requested_ == 0) {
            while (!done_ && pushed_ < popped_.size() + requested_ / 2) give_way();
        }
        for (;;) {
            const bool last = done_.load(std::memory_order_acquire);
            number value = untouched;
            if (consumer.try_pop(value)) {
                popped_.push_back(value);
                return;
            }
            if (last) {
                ended_ = true;
                return;
            }
            give_way();
        }
    }

    any_queue<number>& queue_;
    const unsigned producers_;
    const unsigned consumers_;
    const std::size_t requested_;
    const std::size_t count_;
    baton pushing_;
    baton popping_;
    std::atomic<std::size_t> pushed_{0};  // written under the baton pushing_
    std::vector<std::uint64_t> popped_;   // guarded by the baton popping_
    bool ended_ = false;                  // guarded by the baton popping_
    std::atomic<bool> done_{false};
};

// Alone with the queue: `count` pushes and not one more if bounded, then all of them back.
void expect_exact(any_queue<number>& queue, std::size_t count, bool bounded) {
    const auto producer = queue.producer();
    const auto consumer = queue.consumer();
    for (std::size_t i = 0; i < count; ++i) {
        ASSERT_TRUE(producer->try_push(number{i})) << "push " << i << " of " << count << " failed";
    }
    if (bounded) {
        ASSERT_FALSE(producer->try_push(number{count})) << "a full queue took an item";
    }
    for (std::size_t i = 0; i < count; ++i) {
        number value = untouched;
        ASSERT_TRUE(consumer->try_pop(value)) << "pop " << i << " of " << count << " failed";
    }
    number value = untouched;
    ASSERT_FALSE(consumer->try_pop(value)) << "popped " << value << " from an empty queue";
}

}  // namespace

void transfer_conserves_items(const queue_under_test& subject) {
    expect_transfers(subject, subject.numbers, plans_for(subject, transfer_capacities, scaled(6'000, 3'000)));
}

void transfer_keeps_producer_order(const queue_under_test& subject) {
    for (const transfer_plan& plan : plans_for(subject, {1, 4, 64}, scaled(6'000))) {
        const doing what(describe(plan));
        const auto queue = subject.numbers(plan.requested);
        transfer<number> moved(*queue, plan);
        expect_producer_order(plan.producers, moved.run());
        if (testing::Test::HasFailure()) return;
    }
}

void transfer_conserves_move_only_items(const queue_under_test& subject) {
    expect_transfers(subject, subject.owned_items, plans_for(subject, {1, 3, 64}, scaled(3'000)));
}

void large_items_arrive_whole(const queue_under_test& subject) {
    expect_transfers(subject, subject.large_items, plans_for(subject, {2, 3, 64}, scaled(3'000)));
}

// A producer writes plain memory and then pushes the place; the consumer reads it after its pop. A queue that
// orders too little shows here as a data race under ThreadSanitizer, and as a wrong sum on a weak machine.
void push_publishes_plain_writes(const queue_under_test& subject) {
    struct cell {
        std::uint64_t first = 0;
        std::uint64_t second = 0;
    };
    for (const std::size_t requested : {1U, 4U, 64U}) {
        const doing what("requested capacity " + std::to_string(requested));
        std::vector<cell> cells(scaled(5'000));
        const auto queue = subject.numbers(requested);
        std::size_t wrong = 0;
        std::atomic<bool> done = false;
        run_threads(2, [&](unsigned self) {
            if (self == 0) {
                const auto producer = queue->producer();
                for (std::size_t i = 0; i < cells.size(); ++i) {
                    cells[i] = {.first = i, .second = ~std::uint64_t{i}};
                    while (!producer->try_push(number{i})) give_way();
                }
                done.store(true, std::memory_order_relaxed);  // relaxed: it must not publish the cells
                return;
            }
            const auto consumer = queue->consumer();
            for (bool last = false;;) {
                number place = untouched;
                if (consumer->try_pop(place)) {
                    if (place >= cells.size())
                        die("popped " + std::to_string(place) + ", which nobody pushed");
                    if (cells[place].first != place || cells[place].second != ~place) ++wrong;
                } else if (last) {
                    return;
                } else {
                    last = done.load(std::memory_order_relaxed);
                    give_way();
                }
            }
        });
        EXPECT_EQ(wrong, 0U) << "items were popped before what was written ahead of their push was seen";
    }
}

void order_holds_across_threads(const queue_under_test& subject) {
    const unsigned producers = subject.spec->producers == cardinality::many ? 2 : 1;
    const unsigned consumers = subject.spec->consumers == cardinality::many ? 2 : 1;
    const std::size_t count = scaled(3'000);
    for (const std::size_t requested : {2U, 7U, 64U}) {
        const doing what("requested capacity " + std::to_string(requested));
        const auto queue = subject.numbers(requested);
        const std::vector<std::uint64_t> popped =
            in_turns(*queue, producers, consumers, requested, count).run();
        ASSERT_EQ(popped.size(), count);
        for (std::size_t i = 0; i < count; ++i) {
            ASSERT_EQ(popped[i], i) << "popped as number " << i << " although pushes and pops were in turn";
        }
    }
}

void handles_are_made_by_many_threads(const queue_under_test& subject) {
    std::vector<transfer_plan> plans = plans_for(subject, {2, 64}, scaled(2'000));
    for (transfer_plan& plan : plans) plan.items_per_handle = 5;
    expect_transfers(subject, subject.numbers, plans);
}

void quiescent_queue_is_exact(const queue_under_test& subject) {
    for (const transfer_plan& plan : plans_for(subject, {1, 3, 64}, scaled(1'000))) {
        const doing what("after " + describe(plan));
        const auto queue = subject.numbers(plan.requested);
        for (int lap = 0; lap < 3; ++lap) {
            transfer<number> moved(*queue, plan);
            moved.run();
            expect_exact(*queue, subject.bounded() ? queue->capacity() : plan.requested, subject.bounded());
            if (testing::Test::HasFailure()) return;
        }
    }
}

}  // namespace handoff::conformance
