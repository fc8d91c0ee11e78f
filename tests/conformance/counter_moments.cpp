#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>

#include "counter_tests.hpp"
#include "session.hpp"
#include "stress.hpp"
#include "threads.hpp"

namespace handoff::conformance {
namespace {

// Reads while other threads alternate: the counter is 0 or 1 at every moment.
void expect_zero_or_one(any_counter& counter, const std::function<bool()>& is_over) {
    std::int64_t least = 0;
    std::int64_t most = 1;
    while (!is_over() && least == 0 && most == 1) {
        const std::int64_t value = counter.read();
        least = std::min(least, value);
        most = std::max(most, value);
    }
    EXPECT_TRUE(least == 0 && most == 1)
        << "a read returned " << (least < 0 ? least : most) << ", and the counter was 0 or 1 all the time";
}

// One thread adds 1 by one handle and takes it away by another.
void alternate_handles(any_counter& counter, const std::atomic<bool>& done) {
    const auto up = counter.handle();
    const auto down = counter.handle();
    while (!done) {
        up->add(1);
        down->add(-1);
    }
}

// The thread `self` of two: the first adds 1, then the second takes it away.
void alternate_threads(any_counter& counter, const std::atomic<bool>& done, unsigned self,
                       std::atomic<unsigned>& turn) {
    const auto handle = counter.handle();
    while (true) {
        while (turn != self) {
            if (done) return;
            give_way();
        }
        handle->add(self == 0 ? 1 : -1);
        turn = 1 - self;
    }
}

}  // namespace

// Who sums up shards one after the other may see the second of two additions and not the first.
void exact_reads_are_of_one_moment(const counter_under_test& subject) {
    for (const unsigned threads : {1U, 2U}) {
        const doing step(threads == 1 ? "one thread with two handles" : "two threads in turn");
        const auto counter = subject.make();
        std::atomic<bool> done = false;
        std::atomic<unsigned> turn = 0;
        const auto end = std::chrono::steady_clock::now() + stress_time(std::chrono::milliseconds(60));
        run_threads(
            threads,
            [&](unsigned self) {
                if (threads == 1) return alternate_handles(*counter, done);
                alternate_threads(*counter, done, self, turn);
            },
            [&] {
                expect_zero_or_one(*counter, [&] { return std::chrono::steady_clock::now() >= end; });
                done = true;
            });
        if (testing::Test::HasFailure()) return;
    }
}

}  // namespace handoff::conformance
