#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "tests.hpp"
#include "transfer.hpp"

namespace handoff::conformance {
namespace {

// Threads that push a burst and pop a burst without ever waiting for one another, on a queue that is neither
// empty nor full: whenever two of them run, they meet at one of its ends. Runs for a time, because the
// threads of a short run may all have been on one processor.
class crowd {
public:
    crowd(any_queue<number>& queue, unsigned producers, unsigned consumers)
        : queue_(queue), producers_(producers) {
        log_.sent.resize(producers);
        log_.consumed.resize(consumers);
    }

    void run(bool keeps_producer_order) {
        run_threads(std::max(producers_, consumers()), [this](unsigned self) { push_and_pop(self); });
        pop(*queue_.consumer(), log_.left, no_limit);
        expect_conserved(log_);
        if (keeps_producer_order) expect_producer_order(producers_, log_);
    }

private:
    static constexpr std::size_t burst = 48;
    static constexpr std::size_t most_items = 100'000;  // per producer
    static constexpr std::size_t no_limit = ~std::size_t{0};

    unsigned consumers() const { return static_cast<unsigned>(log_.consumed.size()); }

    void push_and_pop(unsigned self) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(40);
        const auto producer = self < producers_ ? queue_.producer() : nullptr;
        const auto consumer = self < consumers() ? queue_.consumer() : nullptr;
        while (std::chrono::steady_clock::now() < end) {
            const bool pushed = producer && push(*producer, self);
            const bool popped = consumer && pop(*consumer, log_.consumed[self], burst);
            if (!pushed && !popped) give_way();
        }
    }

    bool push(any_producer<number>& producer, unsigned self) {
        std::size_t& sent = log_.sent[self];
        const std::size_t first = sent;
        while (sent < std::min(first + burst, most_items) && producer.try_push(item_value(self, sent)))
            ++sent;
        return sent > first;
    }

    static bool pop(any_consumer<number>& consumer, std::vector<std::uint64_t>& values, std::size_t limit) {
        const std::size_t before = values.size();
        for (number value = untouched; values.size() - before < limit && consumer.try_pop(value);) {
            values.push_back(value);
        }
        return values.size() > before;
    }

    any_queue<number>& queue_;
    const unsigned producers_;
    transfer_log log_;
};

}  // namespace

// A slot that two threads claim at once. A transfer rarely brings that about, since its consumers wait for
// its producers.
void simultaneous_calls_conserve_items(const queue_under_test& subject) {
    for (const unsigned threads : {2U, 4U}) {
        const doing what(std::to_string(threads) + " threads");
        const unsigned producers = subject.spec->producers == cardinality::many ? threads : 1;
        const unsigned consumers = subject.spec->consumers == cardinality::many ? threads : 1;
        const auto queue = subject.numbers(512);
        crowd(*queue, producers, consumers).run(subject.keeps_producer_order());
        if (testing::Test::HasFailure()) return;
    }
}

}  // namespace handoff::conformance
