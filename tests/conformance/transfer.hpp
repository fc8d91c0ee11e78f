// Moves items from producers to consumers through a queue, and checks afterwards what arrived where.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "any_queue.hpp"
#include "session.hpp"
#include "threads.hpp"
#include "time_box.hpp"

namespace handoff::conformance {

// try_calls: waiting by giving way around try_push and try_pop. own_calls: the queue's push and pop.
// timed_calls: try_push, and pop_for with short timeouts. own_and_try_calls, all_calls: push and try_push in
// turn, and pop and try_pop; with pop_for, too.
enum class waiting { try_calls, own_calls, timed_calls, own_and_try_calls, all_calls };

struct transfer_plan {
    unsigned producers = 1;
    unsigned consumers = 1;
    std::size_t requested = 64;  // capacity
    std::size_t items_per_producer = 1000;
    std::size_t items_per_handle = 0;  // a new handle after this many; 0: one handle for all
    waiting wait = waiting::try_calls;
    std::size_t stumbles_within = 60;  // a thread gives way at the latest after so many items
    // A producer ends after so long, though it has pushed fewer items: see time_box.
    std::chrono::milliseconds longest{10'000};
};

std::string describe(const transfer_plan& plan);

// Which plans fit the spec, with about `items` items each: 1x1, 2x1, 1x2, 2x2 and 4x4 by the given
// capacities.
std::vector<transfer_plan> plans_for(const queue_under_test& subject,
                                     const std::vector<std::size_t>& capacities, std::size_t items);

// An item's value: who pushed it, and as its how manyth.
constexpr std::uint64_t item_value(unsigned producer, std::size_t sequence) {
    return (std::uint64_t{producer} << 32) | sequence;
}
constexpr unsigned producer_of(std::uint64_t value) {
    return static_cast<unsigned>(value >> 32);
}
constexpr std::uint64_t sequence_of(std::uint64_t value) {
    return value & 0xffff'ffff;
}

// What the threads saw.
struct transfer_log {
    std::vector<std::size_t> sent;                     // per producer, how many items it pushed
    std::vector<std::vector<std::uint64_t>> consumed;  // per consumer, in its order
    std::vector<std::uint64_t> left;                   // found by a lone thread after all had ended
    std::atomic<std::size_t> changed_by_failed_push{0};
    std::atomic<std::size_t> changed_by_failed_pop{0};
    std::atomic<std::size_t> refused_without_close{0};  // push or pop returned false on an open queue
};

// Every item arrived exactly once, and failed calls left their arguments alone.
void expect_conserved(const transfer_log& log);

// Each consumer saw the items of each producer in the order of their pushes.
void expect_producer_order(unsigned producers, const transfer_log& log);

// A lone thread found nothing after the producers had ended and each consumer had then seen a try_pop fail:
// owed by every queue whose try_pop fails only if empty or while a push is under way.
void expect_nothing_left(const transfer_log& log);

// How often a thread gives way without need: drawn per thread, so that threads meet in ever new ways.
class stumbling {
public:
    explicit stumbling(std::size_t every) : every_(every), left_(every) {}
    void step() {
        if (--left_ == 0) {
            left_ = every_;
            give_way();
        }
    }

private:
    const std::size_t every_;
    std::size_t left_;
};

// Ends a consumer that waits in pop(). Lies above every item_value, and below no_value.
inline constexpr std::uint64_t sentinel = no_value - 1;
// Stands in for "untouched" in the argument of a pop that fails.
inline constexpr std::uint64_t untouched = no_value - 2;

// Who looks at the threads of a transfer, or gets in their way: nobody. A test that does either passes
// another class with these members. Threads are counted producers first.
struct nobody {
    // Called by each thread as it begins; what it returns lives as long as the thread works.
    nobody* thread_begins(unsigned) { return this; }
    void push_begins(unsigned /*producer*/) {}
    void pop_begins(unsigned /*consumer*/) {}
    void popped(unsigned /*consumer*/, std::uint64_t /*value*/) {}
    // Called by the test's thread while the others work.
    void meanwhile() {}
};
inline nobody nobody_at_all;

template <class T, class Bystander = nobody>
class transfer {
public:
    transfer(any_queue<T>& queue, const transfer_plan& plan, Bystander& bystander = nobody_at_all)
        : queue_(queue), plan_(plan), bystander_(bystander) {
        log_.sent.resize(plan.producers);
        log_.consumed.resize(plan.consumers);
        for (auto& values : log_.consumed) values.reserve(plan.producers * plan.items_per_producer);
        for (unsigned i = 0; i < plan.producers + plan.consumers; ++i) {
            pace_.push_back(random_below(plan.stumbles_within) + 1);
        }
        producing_ = plan.producers;
    }

    const transfer_log& run() {
        run_threads(
            plan_.producers + plan_.consumers,
            [this](unsigned i) {
                [[maybe_unused]] const auto present = bystander_.thread_begins(i);
                if (i < plan_.producers) {
                    produce(i);
                } else {
                    consume(i - plan_.producers);
                }
            },
            [this] { bystander_.meanwhile(); });
        drain_left();
        return log_;
    }

private:
    void produce(unsigned self) {
        stumbling pace(pace_[self]);
        auto producer = queue_.producer();
        time_box time(plan_.longest);
        std::size_t i = 0;
        for (; i < plan_.items_per_producer && !time.is_over(); ++i) {
            if (plan_.items_per_handle > 0 && i > 0 && i % plan_.items_per_handle == 0) {
                producer.reset();  // a queue for one producer has one handle at a time
                producer = queue_.producer();
            }
            bystander_.push_begins(self);
            put(*producer, item_value(self, i));
            pace.step();
        }
        log_.sent[self] = i;
        // acq_rel: the last producer to come here, and the consumers that see it, know all pushes complete.
        if (producing_.fetch_sub(1, std::memory_order_acq_rel) == 1 && (is_own() || in_turn())) {
            for (unsigned c = 0; c < plan_.consumers; ++c) put(*producer, sentinel);
        }
    }

    void put(any_producer<T>& producer, std::uint64_t value) {
        T item = make<T>(value);
        if (is_own() || (in_turn() && (value == sentinel || sequence_of(value) % 2 == 0))) {
            if (!producer.push(std::move(item))) ++log_.refused_without_close;
            return;
        }
        while (!producer.try_push(std::move(item))) {
            if (value_of(item) != value) {
                ++log_.changed_by_failed_push;
                item = make<T>(value);
            }
            give_way();
        }
    }

    void consume(unsigned self) {
        stumbling pace(pace_[plan_.producers + self]);
        auto consumer = queue_.consumer();
        std::vector<std::uint64_t>& values = log_.consumed[self];
        T item = make<T>(untouched);
        while (take(*consumer, item, self)) {
            values.push_back(value_of(item));
            bystander_.popped(self, values.back());
            item = make<T>(untouched);
            pace.step();
            if (plan_.items_per_handle > 0 && values.size() % plan_.items_per_handle == 0) {
                consumer.reset();
                consumer = queue_.consumer();
            }
        }
    }

    // False when this consumer's work is done.
    bool take(any_consumer<T>& consumer, T& item, unsigned self) {
        if (in_turn()) return take_in_turn(consumer, item, self) && value_of(item) != sentinel;
        if (is_own()) {
            bystander_.pop_begins(self);
            if (!consumer.pop(item)) {
                ++log_.refused_without_close;
                return false;
            }
            return value_of(item) != sentinel;
        }
        for (;;) {
            const bool last = producing_.load(std::memory_order_acquire) == 0;
            bystander_.pop_begins(self);
            if (plan_.wait == waiting::timed_calls ? consumer.pop_for(item, a_short_time())
                                                   : consumer.try_pop(item))
                return true;
            if (value_of(item) != untouched) {
                ++log_.changed_by_failed_pop;
                item = make<T>(untouched);
            }
            if (last) return false;
            give_way();
        }
    }

    // By another call for each item, and after each that failed; a pop waits until it has one.
    bool take_in_turn(any_consumer<T>& consumer, T& item, unsigned self) {
        for (std::size_t turn = log_.consumed[self].size() + self;; ++turn) {
            bystander_.pop_begins(self);
            if (turn % 3 == 0) {
                if (consumer.pop(item)) return true;
                ++log_.refused_without_close;
                return false;
            }
            const bool timed = turn % 3 == 1 && plan_.wait == waiting::all_calls;
            if (timed ? consumer.pop_for(item, a_short_time()) : consumer.try_pop(item)) return true;
        }
    }

    bool is_own() const { return plan_.wait == waiting::own_calls; }
    bool in_turn() const {
        return plan_.wait == waiting::own_and_try_calls || plan_.wait == waiting::all_calls;
    }

    // From nothing to longer than an item takes, ever another.
    std::chrono::nanoseconds a_short_time() {
        return std::chrono::microseconds(timeouts_.fetch_add(7, std::memory_order_relaxed) % 40);
    }

    void drain_left() {
        const auto consumer = queue_.consumer();
        T item = make<T>(untouched);
        // The limit ends a queue that never runs dry; what is lost or doubled shows below it.
        const std::size_t limit = 2 * plan_.producers * plan_.items_per_producer;
        while (log_.left.size() < limit && consumer->try_pop(item)) log_.left.push_back(value_of(item));
    }

    any_queue<T>& queue_;
    const transfer_plan plan_;
    Bystander& bystander_;
    transfer_log log_;
    std::vector<std::size_t> pace_;
    std::atomic<unsigned> producing_{0};
    std::atomic<unsigned> timeouts_{0};
};

}  // namespace handoff::conformance
