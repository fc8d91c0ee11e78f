// Four threads at each end of a queue that holds two to four items, and what must be true when they have
// gone: every item has come out once, and as many fit as fitted before.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <numeric>
#include <vector>

#include "time_box.hpp"
#include "transfer.hpp"

namespace handoff::conformance {

// Of threads that have gone, and did what the log says. Drains the queue into the log.
inline void expect_all_and_room(const queue_under_test& subject, any_queue<number>& queue,
                                transfer_log& log) {
    const std::size_t most = std::accumulate(log.sent.begin(), log.sent.end(), std::size_t{0}) + 1;
    const auto consumer = queue.consumer();
    for (number value = untouched; log.left.size() < most && consumer->try_pop(value);)
        log.left.push_back(value);
    expect_conserved(log);
    if (!subject.bounded()) return;
    std::size_t fit = 0;
    const auto producer = queue.producer();
    while (fit <= queue.capacity() && producer->try_push(number{fit})) ++fit;
    EXPECT_EQ(fit, queue.capacity()) << "items fit into the empty queue, after all threads had gone";
}

template <class Bystander = nobody>
class small_crowd {
public:
    small_crowd(const queue_under_test& subject, any_queue<number>& queue, std::size_t rounds,
                Bystander& bystander = nobody_at_all)
        : subject_(subject), queue_(queue), rounds_(rounds), bystander_(bystander) {
        log_.sent.resize(subject.spec->producers == cardinality::many ? threads : 1);
        log_.consumed.resize(subject.spec->consumers == cardinality::many ? threads : 1);
        for (auto& values : log_.consumed) values.reserve(log_.sent.size() * rounds);
    }

    static constexpr unsigned threads = 4;
    static constexpr std::chrono::milliseconds longest{100};

    // Each pushes and pops in turn, where its end is open to it, and waits for nobody.
    void run() {
        run_threads(
            threads,
            [this](unsigned self) {
                [[maybe_unused]] const auto present = bystander_.thread_begins(self);
                const auto producer = self < log_.sent.size() ? queue_.producer() : nullptr;
                const auto consumer = self < log_.consumed.size() ? queue_.consumer() : nullptr;
                time_box box(longest);
                for (std::size_t round = 0; round < rounds_ && !box.is_over(); ++round) {
                    bystander_.push_begins(self);
                    if (producer && producer->try_push(item_value(self, log_.sent[self]))) ++log_.sent[self];
                    number value = untouched;
                    bystander_.pop_begins(self);
                    if (consumer && consumer->try_pop(value)) log_.consumed[self].push_back(value);
                }
            },
            [this] { bystander_.meanwhile(); });
    }

    void expect_all_and_room() { conformance::expect_all_and_room(subject_, queue_, log_); }

private:
    const queue_under_test& subject_;
    any_queue<number>& queue_;
    const std::size_t rounds_;
    Bystander& bystander_;
    transfer_log log_;
};

}  // namespace handoff::conformance
