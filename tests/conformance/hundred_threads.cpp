#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "build.hpp"
#include "session.hpp"
#include "tests.hpp"
#include "time_box.hpp"
#include "transfer.hpp"

namespace handoff::conformance {
namespace {

// Each has a few tries at each end, and waits for nobody: a lock that is handed from one to the next in turn,
// among so many, takes a time slice for each.
void crowd_round(any_queue<number>& queue, unsigned producers, unsigned consumers, std::size_t tries) {
    transfer_log log;
    log.sent.resize(producers);
    log.consumed.resize(consumers);
    run_threads(std::max(producers, consumers), [&](unsigned self) {
        const auto producer = self < producers ? queue.producer() : nullptr;
        const auto consumer = self < consumers ? queue.consumer() : nullptr;
        time_box box(std::chrono::milliseconds(200));
        for (std::size_t i = 0; i < tries && !box.is_over(); ++i) {
            if (producer && producer->try_push(item_value(self, log.sent[self]))) ++log.sent[self];
            number value = untouched;
            if (consumer && i % 2 == 1 && consumer->try_pop(value)) log.consumed[self].push_back(value);
            if (consumer && i % 3 == 1 && consumer->try_pop(value)) log.consumed[self].push_back(value);
            if (i % 7 == self % 7) give_way();
        }
    });
    const auto consumer = queue.consumer();
    for (number value = untouched; log.left.size() < many_threads * tries && consumer->try_pop(value);)
        log.left.push_back(value);
    expect_conserved(log);
}

}  // namespace

void hundred_threads_conserve_items(const queue_under_test& subject) {
    const unsigned producers = subject.spec->producers == cardinality::many ? many_threads : 1;
    const unsigned consumers = subject.spec->consumers == cardinality::many ? many_threads : 1;
    for (const std::size_t requested : {3U, 100U}) {
        const doing what("requested capacity " + std::to_string(requested));
        const auto queue = subject.numbers(requested);
        crowd_round(*queue, producers, consumers, scaled(60, 20));
        if (testing::Test::HasFailure()) return;
    }
}

}  // namespace handoff::conformance
