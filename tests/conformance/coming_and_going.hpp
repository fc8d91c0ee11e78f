// One handle that works all the time at an end of a queue, beside many others that come and go.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

#include "build.hpp"
#include "place_sizes.hpp"
#include "time_box.hpp"
#include "transfer.hpp"

namespace handoff::conformance {

// More than tables of 32, 64, 128 or 256 places have.
inline constexpr std::size_t many_handles = 300;
// At once there may be as many as pass a table of 1,024, too: they need no threads.
inline constexpr std::size_t many_at_once = 1'100;

// One handle works all the time at an end. Beside it others are made, used and destroyed there, one after the
// other, each by a thread of its own: if a queue has numbered places for its handles or threads, one of these
// comes to the place of the first. Who works beside the lasting one also does what the other end needs, by
// one handle that they hand on; so there are two threads, which run at once wherever there are two
// processors.
template <class Bystander = nobody>
class coming_and_going {
public:
    explicit coming_and_going(any_queue<number>& queue, Bystander& bystander = nobody_at_all)
        : queue_(queue), bystander_(bystander) {
        log_.sent.resize(2);
        log_.consumed.resize(2);
    }

    static constexpr unsigned threads = 2;

    void of_producers() {
        const auto consumer = queue_.consumer();
        run([this] { push_until_done(); },
            [&] { one_after_the_other([&] { push_a_while(*queue_.producer(), *consumer); }); });
    }
    void of_consumers() {
        const auto producer = queue_.producer();
        run([this] { pop_until_done(); },
            [&] { one_after_the_other([&] { pop_a_while(*queue_.consumer(), *producer); }); });
    }

    // The same with all of them at once, in turn, by one thread: one that loses its processor in the middle
    // of a call comes back to a place that another handle has used meanwhile.
    void of_producers_at_once() {
        const auto consumer = queue_.consumer();
        run([this] { push_until_done(); },
            [&] {
                std::vector<std::unique_ptr<any_producer<number>>> handles;
                for (std::size_t i = 0; i < many_at_once; ++i) handles.push_back(queue_.producer());
                in_turn([&](std::size_t i) { push_and_pop(*handles[i], *consumer); });
            });
    }
    void of_consumers_at_once() {
        const auto producer = queue_.producer();
        run([this] { pop_until_done(); },
            [&] {
                std::vector<std::unique_ptr<any_consumer<number>>> handles;
                for (std::size_t i = 0; i < many_at_once; ++i) handles.push_back(queue_.consumer());
                in_turn([&](std::size_t i) { pop_and_push(*handles[i], *producer); });
            });
    }

    void expect_all(bool keeps_order) {
        const auto consumer = queue_.consumer();
        for (number value = untouched;
             log_.left.size() < log_.sent[0] + log_.sent[1] && consumer->try_pop(value);)
            log_.left.push_back(value);
        expect_conserved(log_);
        // Of the second there are many handles.
        for (auto& values : log_.consumed)
            std::erase_if(values, [](number v) { return producer_of(v) != 0; });
        if (keeps_order) expect_producer_order(1, log_);
    }

private:
    static constexpr std::chrono::milliseconds longest_life{3};
    static constexpr std::chrono::milliseconds turns_last{100};
    // Far fewer than fill memory.
    static constexpr std::size_t most_ahead_of_pops = 20'000;
    static constexpr std::size_t calls_each = is_sanitized ? 60 : 400;

    template <class Lasting, class Others>
    void run(Lasting lasting, Others others) {
        run_threads(
            threads,
            [&](unsigned self) {
                [[maybe_unused]] const auto present = bystander_.thread_begins(self);
                if (self == 0) return lasting();
                while (!begun_) give_way();
                others();
                done_ = true;
            },
            [this] { bystander_.meanwhile(); });
    }
    template <class Life>
    void one_after_the_other(Life life) {
        for (std::size_t i = 0; i < many_handles; ++i) std::thread(life).join();
    }
    template <class Turn>
    void in_turn(Turn turn) {
        time_box box(turns_last);
        for (std::size_t i = 0; !box.is_over(); ++i) turn(whose_turn(i, many_at_once));
    }

    void push_until_done() {
        const auto producer = queue_.producer();
        begun_ = true;
        while (!done_)
            if (!push(*producer, 0)) give_way();
    }
    void pop_until_done() {
        const auto consumer = queue_.consumer();
        begun_ = true;
        while (!done_)
            if (!pop(*consumer, 0)) give_way();
    }
    void push_a_while(any_producer<number>& producer, any_consumer<number>& consumer) {
        time_box box(longest_life);
        for (std::size_t k = 0; k < calls_each && !box.is_over(); ++k) push_and_pop(producer, consumer);
    }
    void pop_a_while(any_consumer<number>& consumer, any_producer<number>& producer) {
        time_box box(longest_life);
        for (std::size_t k = 0; k < calls_each && !box.is_over(); ++k) pop_and_push(consumer, producer);
    }

    // Two for one, as the lasting handle takes as much: so that neither waits long for room, or for items.
    void push_and_pop(any_producer<number>& producer, any_consumer<number>& consumer) {
        push(producer, 1);
        pop(consumer, 1);
        pop(consumer, 1);
    }
    void pop_and_push(any_consumer<number>& consumer, any_producer<number>& producer) {
        push(producer, 0);
        push(producer, 0);
        pop(consumer, 1);
    }

    bool push(any_producer<number>& producer, unsigned self) {
        if (pushed_ >= popped_ + most_ahead_of_pops) return false;
        if (!producer.try_push(item_value(self, log_.sent[self]))) return false;
        ++log_.sent[self];
        ++pushed_;
        return true;
    }
    bool pop(any_consumer<number>& consumer, unsigned self) {
        number value = untouched;
        if (!consumer.try_pop(value)) return false;
        log_.consumed[self].push_back(value);
        ++popped_;
        return true;
    }

    any_queue<number>& queue_;
    Bystander& bystander_;
    transfer_log log_;
    std::atomic<std::size_t> pushed_{0};
    std::atomic<std::size_t> popped_{0};
    std::atomic<bool> begun_{false};  // the lasting handle is the first of its kind
    std::atomic<bool> done_{false};
};

}  // namespace handoff::conformance
