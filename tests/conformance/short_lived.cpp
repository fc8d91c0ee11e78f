#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests.hpp"
#include "transfer.hpp"

namespace handoff::conformance {
namespace {

// Each place at an end of the queue is held by one thread after another, each with a handle of its own and a
// few calls to make: threads end, and begin in the memory and under the number of one that has ended, while
// others work.
class short_lives {
public:
    short_lives(any_queue<number>& queue, unsigned producers, unsigned consumers, std::size_t lives)
        : queue_(queue), lives_(lives), producing_(producers) {
        log_.sent.resize(producers);  // per place of a producer
        log_.consumed.resize(consumers);
    }

    void run() {
        const auto producers = static_cast<unsigned>(log_.sent.size());
        run_threads(producers + static_cast<unsigned>(log_.consumed.size()), [&](unsigned place) {
            if (place < producers) {
                for (std::size_t life = 0; life < lives_; ++life) live([&] { push_some(place, life % 7); });
                --producing_;
            } else {
                for (bool more = true; more;)
                    live([&] { more = pop_some(log_.consumed[place - producers]); });
            }
        });
        const auto consumer = queue_.consumer();
        for (number value = untouched; consumer->try_pop(value);) log_.left.push_back(value);
        expect_conserved(log_);
    }

private:
    template <class Body>
    static void live(Body body) {
        std::thread(body).join();
    }

    void push_some(unsigned place, std::size_t count) {
        const auto producer = queue_.producer();
        for (; count > 0; --count) {
            while (!producer->try_push(item_value(place, log_.sent[place]))) give_way();
            ++log_.sent[place];
        }
    }

    // Whether it is worth coming back.
    bool pop_some(std::vector<std::uint64_t>& values) {
        const bool last = producing_ == 0;
        const auto consumer = queue_.consumer();
        std::size_t popped = 0;
        for (number value = untouched; popped < 5 && consumer->try_pop(value); ++popped)
            values.push_back(value);
        return popped > 0 || !last;
    }

    any_queue<number>& queue_;
    const std::size_t lives_;
    std::atomic<std::size_t> producing_;
    transfer_log log_;
};

}  // namespace

void short_lived_threads_conserve_items(const queue_under_test& subject) {
    const unsigned producers = subject.spec->producers == cardinality::many ? 3 : 1;
    const unsigned consumers = subject.spec->consumers == cardinality::many ? 3 : 1;
    for (const std::size_t requested : {2U, 64U}) {
        const doing what("requested capacity " + std::to_string(requested));
        const auto queue = subject.numbers(requested);
        short_lives(*queue, producers, consumers, scaled(160, 40)).run();
        if (testing::Test::HasFailure()) return;
    }
}

}  // namespace handoff::conformance
