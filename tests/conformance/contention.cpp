#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>

#include "tests.hpp"
#include "transfer.hpp"

namespace handoff::conformance {
namespace {

// A barrier whose threads leave together: they watch it awake, where a sleeping one would be woken too late
// to meet the others.
class rendezvous {
public:
    explicit rendezvous(unsigned threads) : threads_(threads) {}

    void meet() {
        const unsigned phase = phase_.load(std::memory_order_acquire);
        if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads_) {
            arrived_.store(0, std::memory_order_relaxed);  // nobody arrives again before the phase ends
            phase_.fetch_add(1, std::memory_order_release);
            return;
        }
        while (phase_.load(std::memory_order_acquire) == phase) give_way();
    }

private:
    const unsigned threads_;
    std::atomic<unsigned> arrived_{0};
    std::atomic<unsigned> phase_{0};
};

// Rounds in which all producers fill the queue at once, then all consumers empty it at once.
class stampede {
public:
    stampede(any_queue<number>& queue, unsigned producers, unsigned consumers, std::size_t quota)
        : queue_(queue),
          producers_(producers),
          threads_(std::max(producers, consumers)),
          quota_(quota),
          start_(threads_) {
        log_.consumed.resize(consumers);
    }

    void run() {
        // A time, not a number of rounds: the threads of a short run may all be on one processor.
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
        run_threads(threads_, [this, end](unsigned self) {
            for (std::size_t round = 0;; ++round) {
                if (self == 0) rounds_ = std::chrono::steady_clock::now() < end ? round + 1 : round;
                start_.meet();
                if (rounds_ == round) return;
                if (self < producers_) push_quota(self, round);
                start_.meet();
                if (self < log_.consumed.size()) pop_all(log_.consumed[self]);
            }
        });
        pop_all(log_.left);
        expect_conserved({.producers = producers_, .items_per_producer = quota_ * rounds_}, log_);
    }

private:
    void push_quota(unsigned self, std::size_t round) {
        const auto producer = queue_.producer();
        for (std::size_t i = round * quota_; i < (round + 1) * quota_; ++i) {
            while (!producer->try_push(item_value(self, i))) give_way();
        }
    }

    void pop_all(std::vector<std::uint64_t>& values) {
        const auto consumer = queue_.consumer();
        for (number value = untouched; consumer->try_pop(value); value = untouched) values.push_back(value);
    }

    any_queue<number>& queue_;
    const unsigned producers_;
    const unsigned threads_;
    const std::size_t quota_;
    std::size_t rounds_ = 0;  // written by thread 0 before it meets the others, read after
    rendezvous start_;
    transfer_log log_;
};

}  // namespace

// A slot that two threads claim at once: seen only where many push, or many pop, from a queue that is neither
// empty nor full. A transfer rarely brings that about, since its consumers wait for its producers.
void simultaneous_calls_conserve_items(const queue_under_test& subject) {
    for (const unsigned threads : {2U, 4U}) {
        const doing what(std::to_string(threads) + " threads");
        const unsigned producers = subject.spec->producers == cardinality::many ? threads : 1;
        const unsigned consumers = subject.spec->consumers == cardinality::many ? threads : 1;
        constexpr std::size_t items = 8192;
        const auto queue = subject.numbers(items);
        stampede(*queue, producers, consumers, items / producers).run();
        if (testing::Test::HasFailure()) return;
    }
}

}  // namespace handoff::conformance
