// The queue's own push and pop by several threads, until one more closes it.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <vector>

#include "threads.hpp"
#include "transfer.hpp"

namespace handoff::stalls {

template <class Bystander>
class until_closed {
public:
    until_closed(conformance::any_queue<conformance::number>& queue, const conformance::transfer_plan& plan,
                 Bystander& bystander)
        : queue_(queue), plan_(plan), bystander_(bystander) {
        log_.sent.resize(plan.producers);
        log_.consumed.resize(plan.consumers);
    }

    // Producers, consumers, and the thread that closes after so long.
    void run(std::chrono::microseconds open) {
        const unsigned callers = plan_.producers + plan_.consumers;
        conformance::run_threads(
            callers + 1,
            [&](unsigned i) {
                [[maybe_unused]] const auto present = bystander_.thread_begins(i);
                if (i == callers) {
                    std::this_thread::sleep_for(open);
                    queue_.close();
                } else {
                    i < plan_.producers ? push_until_closed(i) : pop_until_closed(i - plan_.producers);
                }
            },
            [this] { bystander_.meanwhile(); });
    }

    // What a push took has come out, by pops that returned true.
    void expect_all() {
        const auto consumer = queue_.consumer();
        for (conformance::number value = 0; consumer->try_pop(value);) log_.left.push_back(value);
        conformance::expect_conserved(log_);
        EXPECT_TRUE(log_.left.empty())
            << log_.left.size() << " items were left by pops that had returned false";
    }

private:
    void push_until_closed(unsigned self) {
        const auto producer = queue_.producer();
        for (;;) {
            bystander_.push_begins(self);
            conformance::number value = conformance::item_value(self, log_.sent[self]);
            if (!producer->push(std::move(value))) break;
            ++log_.sent[self];
        }
    }

    void pop_until_closed(unsigned self) {
        const auto consumer = queue_.consumer();
        for (;;) {
            bystander_.pop_begins(self);
            conformance::number value = conformance::untouched;
            if (!consumer->pop(value)) break;
            // A stopped thread holds no lock of the allocator.
            log_.consumed[self].push_back(value);
        }
    }

    conformance::any_queue<conformance::number>& queue_;
    const conformance::transfer_plan plan_;
    Bystander& bystander_;
    conformance::transfer_log log_;
};

}  // namespace handoff::stalls
