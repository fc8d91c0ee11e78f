#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "build.hpp"
#include "counter_tests.hpp"
#include "place_sizes.hpp"
#include "session.hpp"
#include "stress.hpp"
#include "threads.hpp"
#include "time_box.hpp"

namespace handoff::conformance {
namespace {

// More than tables of 32, 64, 128 or 256 places have.
constexpr std::size_t many = 300;
constexpr std::int64_t adds_each = is_sanitized ? 200 : 2'000;

constexpr std::chrono::milliseconds turns_last{40};

// One handle adds all the time, until `others` returns, which says how much others have added.
template <class Others>
void expect_sum(const counter_under_test& subject, const char* what, Others others) {
    const doing step(what);
    const auto counter = subject.make();
    std::atomic<bool> begun = false;  // the lasting handle is the first
    std::atomic<bool> done = false;
    std::int64_t by_the_first = 0;
    std::int64_t by_others = 0;
    run_threads(2, [&](unsigned self) {
        if (self == 0) {
            const auto handle = counter->handle();
            begun = true;
            for (; !done; ++by_the_first) handle->add(1);
        } else {
            while (!begun) give_way();
            by_others = others(*counter);
            done = true;
        }
    });
    EXPECT_EQ(counter->read(), by_the_first + by_others)
        << "with " << many << " handles that added " << by_others << " beside one that added "
        << by_the_first;
}

// Made, used and destroyed, one after the other, each by a thread of its own.
std::int64_t add_by_turns(any_counter& counter) {
    for (std::size_t i = 0; i < many; ++i) {
        std::thread([&] {
            const auto handle = counter.handle();
            for (std::int64_t k = 0; k < adds_each; ++k) handle->add(1);
        }).join();
    }
    return static_cast<std::int64_t>(many) * adds_each;
}

// All at once, in turn, by one thread.
std::int64_t add_in_turn(any_counter& counter) {
    std::vector<std::unique_ptr<any_handle>> handles;
    for (std::size_t i = 0; i < many; ++i) handles.push_back(counter.handle());
    std::int64_t added = 0;
    for (time_box box(turns_last); !box.is_over(); ++added)
        handles[whose_turn(static_cast<std::size_t>(added), many)]->add(1);
    return added;
}

}  // namespace

// If a counter has numbered places for its handles or threads, one of the others comes to the place of the
// first, and who writes it as if alone loses what the other adds.
void counter_handles_that_come_and_go_disturb_nobody(const counter_under_test& subject) {
    const auto end = std::chrono::steady_clock::now() + stress_time(std::chrono::milliseconds(400));
    do {
        expect_sum(subject, "handles after one another", add_by_turns);
        expect_sum(subject, "handles at once", add_in_turn);
    } while (std::chrono::steady_clock::now() < end && !testing::Test::HasFailure());
}

}  // namespace handoff::conformance
