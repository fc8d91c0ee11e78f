// Threads that push and pop several items at once, of ever another number, and single ones between.
#include <gtest/gtest.h>

#include <algorithm>
#include <concepts>
#include <random>
#include <string>
#include <vector>

#include "tests.hpp"
#include "transfer.hpp"

namespace handoff::conformance {
namespace {

constexpr std::size_t most_in_a_bulk = 40;

template <class T>
class bulk_transfer {
public:
    bulk_transfer(any_queue<T>& queue, const transfer_plan& plan) : queue_(queue), plan_(plan) {
        log_.sent.resize(plan.producers);
        log_.consumed.resize(plan.consumers);
        producing_ = plan.producers;
        for (unsigned i = 0; i < plan.producers + plan.consumers; ++i) {
            draws_.emplace_back(static_cast<std::uint32_t>(random_below(1U << 31U)));
        }
    }

    const transfer_log& run() {
        run_threads(plan_.producers + plan_.consumers, [this](unsigned i) {
            if (i < plan_.producers) {
                produce(i);
            } else {
                consume(i - plan_.producers);
            }
        });
        drain_left();
        return log_;
    }

private:
    // From none to most_in_a_bulk, small numbers as often as large ones; 1 is a single call.
    static std::size_t some(std::minstd_rand& draw) { return draw() % (1 + draw() % most_in_a_bulk); }

    void produce(unsigned self) {
        const auto producer = queue_.producer();
        time_box time(plan_.longest);
        std::size_t sent = 0;
        while (sent < plan_.items_per_producer && !time.is_over()) {
            const std::size_t count = std::min(some(draws_[self]), plan_.items_per_producer - sent);
            put(*producer, item_value(self, sent), count);
            sent += count;
        }
        log_.sent[self] = sent;
        // release: the consumers that see the last producer come here know that all pushes are complete.
        producing_.fetch_sub(1, std::memory_order_acq_rel);
    }

    // `count` items from `value` on.
    void put(any_producer<T>& producer, std::uint64_t value, std::size_t count) {
        std::vector<T> items;
        for (std::size_t i = 0; i < count; ++i) items.push_back(make<T>(value + i));
        for (std::size_t done = 0;;) {
            const std::size_t left = count - done;
            const std::size_t taken = left == 1 ? std::size_t{producer.try_push(std::move(items[done]))}
                                                : producer.try_push_bulk(items.data() + done, left);
            if (taken > left) die("a try_push_bulk took more items than it was given");
            done += taken;
            if (done == count) return;
            if (value_of(items[done]) != value + done) {
                ++log_.changed_by_failed_push;
                items[done] = make<T>(value + done);
            }
            if (taken == 0) give_way();
        }
    }

    void consume(unsigned self) {
        const auto consumer = queue_.consumer();
        std::vector<std::uint64_t>& values = log_.consumed[self];
        std::vector<T> items;
        for (std::size_t i = 0; i <= most_in_a_bulk; ++i) items.push_back(make<T>(untouched));
        for (;;) {
            const bool last = producing_.load(std::memory_order_acquire) == 0;
            const std::size_t count = last ? most_in_a_bulk : some(draws_[plan_.producers + self]);
            const std::size_t taken = count == 1 ? std::size_t{consumer->try_pop(items[0])}
                                                 : consumer->try_pop_bulk(items.data(), count);
            if (taken > count) die("a try_pop_bulk brought more items than were asked for");
            for (std::size_t i = 0; i < taken; ++i) {
                values.push_back(value_of(items[i]));
                items[i] = make<T>(untouched);
            }
            if (value_of(items[taken]) != untouched) {
                ++log_.changed_by_failed_pop;
                items[taken] = make<T>(untouched);
            }
            if (taken > 0) continue;
            if (last) return;
            give_way();
        }
    }

    void drain_left() {
        const auto consumer = queue_.consumer();
        T item = make<T>(untouched);
        const std::size_t limit = 2 * plan_.producers * plan_.items_per_producer;
        while (log_.left.size() < limit && consumer->try_pop(item)) log_.left.push_back(value_of(item));
    }

    any_queue<T>& queue_;
    const transfer_plan plan_;
    transfer_log log_;
    std::vector<std::minstd_rand> draws_;  // of each thread, producers first
    std::atomic<unsigned> producing_{0};
};

template <class T>
void expect_bulk_transfer(const queue_under_test& subject, any_queue<T>& queue, const transfer_plan& plan) {
    bulk_transfer<T> moved(queue, plan);
    const transfer_log& log = moved.run();
    expect_conserved(log);
    if (subject.keeps_producer_order()) expect_producer_order(plan.producers, log);
}

}  // namespace

void bulk_transfer_conserves_items(const queue_under_test& subject) {
    for (const transfer_plan& plan : plans_for(subject, {1, 3, 64}, scaled(10'000, 2'000))) {
        const doing what(describe(plan));
        expect_bulk_transfer(subject, *subject.numbers(plan.requested), plan);
        if (subject.numbers_from) {
            const first_index first{std::uint64_t{0} - plan.items_per_producer / 2};
            expect_bulk_transfer(subject, *subject.numbers_from(plan.requested, first), plan);
        }
        if (testing::Test::HasFailure()) return;
    }
}

void bulk_transfer_conserves_move_only_items(const queue_under_test& subject) {
    for (const transfer_plan& plan : plans_for(subject, {3}, scaled(10'000, 2'000))) {
        const doing what(describe(plan));
        expect_bulk_transfer(subject, *subject.owned_items(plan.requested), plan);
        if (testing::Test::HasFailure()) return;
    }
}

}  // namespace handoff::conformance
