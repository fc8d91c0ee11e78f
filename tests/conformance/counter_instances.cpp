#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "counter_tests.hpp"
#include "levelling.hpp"
#include "threads.hpp"

namespace handoff::conformance {

// More than a table of counters may have places: what is added to one is read from it, and from no other.
void counters_live_side_by_side(const counter_under_test& subject) {
    constexpr std::int64_t many_counters = 150;
    std::vector<std::unique_ptr<any_counter>> all;
    for (std::int64_t i = 0; i < many_counters; ++i) all.push_back(subject.make());
    for (std::int64_t lap = 1; lap <= 3; ++lap) {
        std::int64_t first = 0;
        for (const auto& one : all) one->handle()->add(++first);
        first = 0;
        for (const auto& one : all) {
            ++first;
            ASSERT_EQ(one->read(), lap * first) << "counter " << first << " of " << many_counters;
        }
    }
    for (auto& one : all) {
        one = subject.make();
        ASSERT_EQ(one->read(), 0) << "a new counter does not begin at zero";
    }
}

// Beyond their end: a counter may keep a place for each handle that there was until then.
void counters_keep_no_memory(const counter_under_test& subject) {
    constexpr std::size_t handles = 60;
    expect_levelling(
        "handles of one thread",
        [&] {
            const auto counter = subject.make();
            for (std::size_t i = 0; i < handles; ++i) counter->handle()->add(1);
        },
        handles, "handles");
    constexpr std::size_t threads = 20;
    expect_levelling(
        "handles of a new thread each",
        [&] {
            const auto counter = subject.make();
            for (std::size_t i = 0; i < threads; ++i)
                run_threads(1, [&](unsigned) { counter->handle()->add(1); });
        },
        threads, "threads");
}

}  // namespace handoff::conformance
