// One handle that works all the time at an end of a queue, beside many others that come and go.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

#include "build.hpp"
#include "time_box.hpp"
#include "transfer.hpp"

namespace handoff::conformance {

// More than tables of 32, 64, 128 or 256 places have.
inline constexpr std::size_t many_handles = 300;

// One handle works all the time at an end. Beside it others are made, used and destroyed there, one after the
// other, each by a thread of its own: if a queue has numbered places for its handles or threads, one of these
// comes to the place of the first.
template <class Bystander = nobody>
class coming_and_going {
public:
    explicit coming_and_going(any_queue<number>& queue, Bystander& bystander = nobody_at_all)
        : queue_(queue), bystander_(bystander) {
        log_.consumed.resize(2);
    }

    static constexpr unsigned threads = 3;

    // Three threads: the lasting producer, the maker of short-lived ones, the consumer.
    void of_producers() {
        run([this](unsigned self) {
            if (self == 0) push_until_done();
            if (self == 1) push_by_many();
            if (self == 2) pop_until(working_, log_.consumed[0]);
        });
    }
    // The lasting consumer, the maker of short-lived ones, the producer.
    void of_consumers() {
        run([this](unsigned self) {
            if (self == 0) pop_until(working_, log_.consumed[0]);
            if (self == 1) pop_by_many();
            if (self == 2) push_until_done();
        });
    }

    // The same with all of them at once, in turn, by one thread: one that loses its processor in the middle
    // of a call comes back to a place that another handle has used meanwhile.
    void of_producers_at_once() {
        run([this](unsigned self) {
            if (self == 0) push_until_done();
            if (self == 1) push_in_turn();
            if (self == 2) pop_until(working_, log_.consumed[0]);
        });
    }
    void of_consumers_at_once() {
        run([this](unsigned self) {
            if (self == 0) pop_until(working_, log_.consumed[0]);
            if (self == 1) pop_in_turn();
            if (self == 2) push_until_done();
        });
    }

    void expect_all(bool keeps_order) {
        const auto consumer = queue_.consumer();
        for (number value = untouched; log_.left.size() < sent_[0] + sent_[1] && consumer->try_pop(value);)
            log_.left.push_back(value);
        expect_conserved(sent_, log_);
        // Of the second there are many handles.
        for (auto& values : log_.consumed)
            std::erase_if(values, [](number v) { return producer_of(v) != 0; });
        if (keeps_order) expect_producer_order(1, log_);
    }

private:
    template <class Body>
    void run(Body body) {
        run_threads(
            threads,
            [&](unsigned self) {
                [[maybe_unused]] const auto present = bystander_.thread_begins(self);
                body(self);
            },
            [this] { bystander_.meanwhile(); });
    }

    static constexpr std::chrono::milliseconds longest_life{3};
    static constexpr std::chrono::milliseconds turns_last{40};
    // Far fewer than fill memory.
    static constexpr std::size_t most_ahead_of_pops = 20'000;
    static constexpr std::size_t calls_each = is_sanitized ? 60 : 400;

    void push_until_done() {
        const auto producer = queue_.producer();
        while (!done_) push(*producer, 0);
        --working_;
    }
    void push(any_producer<number>& producer, unsigned self) {
        if (pushed_ >= popped_ + most_ahead_of_pops || !producer.try_push(item_value(self, sent_[self]))) {
            give_way();
            return;
        }
        ++sent_[self];
        ++pushed_;
    }

    void push_by_many() {
        for (std::size_t i = 0; i < many_handles; ++i) {
            std::thread([this] {
                const auto producer = queue_.producer();
                time_box box(longest_life);
                for (const std::size_t until = sent_[1] + calls_each; sent_[1] < until && !box.is_over();)
                    push(*producer, 1);
            }).join();
        }
        done_ = true;
        --working_;
    }

    void pop_by_many() {
        for (std::size_t i = 0; i < many_handles; ++i) {
            std::thread([this] {
                const auto consumer = queue_.consumer();
                time_box box(longest_life);
                for (std::size_t k = 0; k < calls_each && !box.is_over(); ++k)
                    pop(*consumer, log_.consumed[1]);
            }).join();
        }
        done_ = true;
        --working_;
    }

    void push_in_turn() {
        std::vector<std::unique_ptr<any_producer<number>>> handles;
        for (std::size_t i = 0; i < many_handles; ++i) handles.push_back(queue_.producer());
        time_box box(turns_last);
        for (std::size_t i = 0; !box.is_over(); ++i) push(*handles[i % many_handles], 1);
        done_ = true;
        --working_;
    }
    void pop_in_turn() {
        std::vector<std::unique_ptr<any_consumer<number>>> handles;
        for (std::size_t i = 0; i < many_handles; ++i) handles.push_back(queue_.consumer());
        time_box box(turns_last);
        for (std::size_t i = 0; !box.is_over(); ++i) pop(*handles[i % many_handles], log_.consumed[1]);
        done_ = true;
        --working_;
    }

    bool pop(any_consumer<number>& consumer, std::vector<std::uint64_t>& values) {
        number value = untouched;
        if (!consumer.try_pop(value)) return false;
        values.push_back(value);
        ++popped_;
        return true;
    }
    void pop_until(const std::atomic<int>& working, std::vector<std::uint64_t>& values) {
        const auto consumer = queue_.consumer();
        for (bool last = false; !last;) {
            last = working == 0;
            while (pop(*consumer, values)) last = false;
            give_way();
        }
    }

    any_queue<number>& queue_;
    Bystander& bystander_;
    std::vector<std::size_t> sent_ = {0, 0};
    transfer_log log_;
    std::atomic<std::size_t> pushed_{0};
    std::atomic<std::size_t> popped_{0};
    std::atomic<int> working_{2};
    std::atomic<bool> done_{false};
};

}  // namespace handoff::conformance
