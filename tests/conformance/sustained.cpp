#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "stress.hpp"
#include "tests.hpp"
#include "transfer.hpp"

namespace handoff::conformance {

// Hundreds of thousands of items, between threads that run for long stretches at full speed: queues of
// segments close and renew one after every few hundred items, and lose items only where several threads meet
// that moment.
void sustained_transfers_lose_nothing(const queue_under_test& subject) {
    const auto end = std::chrono::steady_clock::now() + stress_time(std::chrono::milliseconds(200));
    const bool many_push = subject.spec->producers == cardinality::many;
    const bool many_pop = subject.spec->consumers == cardinality::many;
    std::size_t items = scaled(4'000);  // few at first, in case that each takes long
    for (unsigned round = 0; round == 0 || std::chrono::steady_clock::now() < end; ++round) {
        const unsigned each = 2 + round % 2;
        const transfer_plan plan{.producers = many_push ? each : 1,
                                 .consumers = many_pop ? each : 1,
                                 .requested = round % 3 == 2 ? 100U : 1'000U,
                                 .items_per_producer = items,
                                 .stumbles_within = 20'000};
        const doing what(describe(plan));
        const auto queue = subject.numbers(plan.requested);
        transfer<number> moved(*queue, plan);
        const transfer_log& log = moved.run();
        expect_conserved(log);
        if (subject.keeps_producer_order()) expect_producer_order(plan.producers, log);
        if (subject.spec->failure != try_failure::spurious) expect_nothing_left(log);
        if (testing::Test::HasFailure()) return;
        items = std::min(items * 4, scaled(200'000));
    }
}

}  // namespace handoff::conformance
