// A scenario of a queue, written down in letters: what each thread does to it, one letter an operation.
//   p  try_push    P  push      c  try_pop     C  pop      T  pop_for     X  close
//   b  try_push_bulk of two     d  try_pop_bulk of two
// Afterwards the body drains the queue, fills an open one to its capacity, and destroys it with what is in
// it. Checked are: linearizability of all that was done (FIFO, per producer or not, or LIFO, with full, empty
// and closed as the spec promises), hence that every item comes out once; that a failed operation leaves its
// value alone; and all that the explorer finds by itself (races, leaks, lost wake-ups …).
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exploration/explorer/explore.hpp"
#include "exploration/explorer/item.hpp"
#include "queue_history.hpp"

namespace handoff::exploration {

struct queue_plan {
    std::size_t capacity = 1;
    unsigned prefill = 0;
    std::vector<std::string> threads{};
};

template <class Queue>
class queue_scenario {
    static_assert(Queue::spec.delivery == order::fifo || Queue::spec.delivery == order::per_producer_fifo ||
                      Queue::spec.delivery == order::lifo,
                  "queue_model has no other order");

public:
    explicit queue_scenario(const queue_plan& plan) : plan_(plan), queue_(plan.capacity) {}

    void run() {
        work(0, std::string(plan_.prefill, 'p'));
        std::vector<std::function<void()>> threads;
        for (unsigned i = 0; i < plan_.threads.size(); ++i) {
            threads.emplace_back([this, i] { work(i + 1, plan_.threads[i]); });
        }
        running().run_threads(threads);
        finish();
        history_.check(capacity(), Queue::spec);
    }

private:
    using value_type = typename Queue::value_type;  // an item

    static constexpr bool is_bounded = bounded_queue<Queue>;

    std::size_t capacity() const {
        if constexpr (is_bounded) return queue_.capacity();
        return std::numeric_limits<std::size_t>::max();
    }

    // Handles are made by the thread that uses them, and only those that it needs.
    void work(unsigned thread, std::string_view letters) {
        std::optional<typename Queue::producer> producer;
        std::optional<typename Queue::consumer> consumer;
        int number = static_cast<int>(thread) * 10;
        for (const char letter : letters) {
            if (letter == 'X') {
                close();
            } else if (letter == 'p' || letter == 'P' || letter == 'b') {
                if (!producer) producer.emplace(queue_);
                if (letter == 'b') {
                    push_two(*producer, number);
                    number += 2;
                } else {
                    push(*producer, letter, number++);
                }
            } else {
                if (!consumer) consumer.emplace(queue_);
                letter == 'd' ? pop_two(*consumer) : static_cast<void>(pop(*consumer, letter));
            }
        }
    }

    bool push(typename Queue::producer& producer, char letter, int number) {
        value_type value(number);
        const call what = letter == 'P' ? call::push : call::try_push;
        const bool done = history_.record(what, number, [&]() -> bool {
            if (what == call::try_push) return producer.try_push(std::move(value));
            if constexpr (blocking_queue<Queue>) return producer.push(std::move(value));
            running().fail("the queue has no push");
        });
        require(done || value.number() == number, "a failed push has changed its value");
        return done;
    }

    void push_two(typename Queue::producer& producer, int first) {
        std::array<value_type, 2> values{value_type(first), value_type(first + 1)};
        std::array<int, 2> numbers{first, first + 1};
        const std::size_t done = history_.record_bulk(call::try_push, numbers, [&]() -> std::size_t {
            if constexpr (bulk_queue<Queue>) return producer.try_push_bulk(values.data(), values.size());
            running().fail("the queue has no try_push_bulk");
        });
        for (std::size_t i = done; i < values.size(); ++i) {
            require(values[i].number() == numbers[i], "a bulk push has changed a value that did not go in");
        }
    }

    void pop_two(typename Queue::consumer& consumer) {
        std::array<value_type, 2> values;
        std::array<int, 2> numbers{item::gone, item::gone};
        const std::size_t done = history_.record_bulk(call::try_pop, numbers, [&]() -> std::size_t {
            std::size_t popped = 0;
            if constexpr (bulk_queue<Queue>) popped = consumer.try_pop_bulk(values.data(), values.size());
            for (std::size_t i = 0; i < values.size(); ++i) numbers[i] = values[i].number();
            return popped;
        });
        for (std::size_t i = done; i < values.size(); ++i) {
            require(numbers[i] == item::gone, "a bulk pop has changed a value that it did not replace");
        }
    }

    bool pop(typename Queue::consumer& consumer, char letter) {
        value_type value;
        int number = item::gone;
        const call what = letter == 'C' ? call::pop : letter == 'T' ? call::pop_for : call::try_pop;
        const bool done = history_.record(what, number, [&]() -> bool {
            const bool popped = pop_into(consumer, what, value);
            number = value.number();
            return popped;
        });
        require(done || number == item::gone, "a failed pop has changed its value");
        return done;
    }

    static bool pop_into(typename Queue::consumer& consumer, call what, value_type& value) {
        if (what == call::try_pop) return consumer.try_pop(value);
        if constexpr (blocking_queue<Queue>) {
            if (what == call::pop) return consumer.pop(value);
        }
        if constexpr (timed_queue<Queue>) {
            if (what == call::pop_for) return consumer.pop_for(value, std::chrono::milliseconds(1));
        }
        running().fail("the queue has no such pop");
    }

    void close() {
        int none = 0;
        history_.record(call::close, none, [&] {
            if constexpr (closable_queue<Queue>) queue_.close();
            return true;
        });
        is_closed_ = true;
    }

    void finish() {
        typename Queue::producer producer(queue_);
        typename Queue::consumer consumer(queue_);
        while (pop(consumer, 'c')) {
        }
        if (!is_bounded || is_closed_) return;
        int number = 100;
        while (push(producer, 'p', number)) ++number;
    }

    const queue_plan& plan_;
    Queue queue_;
    queue_history history_;
    bool is_closed_ = false;  // written by one thread, read after it has ended
};

}  // namespace handoff::exploration
