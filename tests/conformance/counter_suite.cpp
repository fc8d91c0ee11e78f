#include "counter_suite.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <iterator>
#include <string>
#include <vector>

#include "adding.hpp"
#include "counter_tests.hpp"
#include "session.hpp"
#include "threads.hpp"

namespace handoff::conformance {
namespace {

// What a thread adds to check sums: both signs, zero, and more than 32 bits.
constexpr std::int64_t amounts[] = {1, 3, -2, 0, 5'000'000'000, -4'999'999'990, -1};

std::int64_t add_amounts(any_handle& handle, std::size_t count) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::int64_t n = amounts[i % std::size(amounts)];
        handle.add(n);
        sum += n;
    }
    return sum;
}

void spec_is_sound(const counter_under_test& subject) {
    EXPECT_EQ(subject.spec->name, subject.registered_name) << "the spec's name is not the registered one";
    EXPECT_FALSE(subject.spec->cite.empty()) << "the spec cites neither paper nor project";
}

void starts_at_zero(const counter_under_test& subject) {
    const auto counter = subject.make();
    EXPECT_EQ(counter->read(), 0);
    const auto handle = counter->handle();
    EXPECT_EQ(counter->read(), 0) << "a handle that has added nothing changed the value";
}

void counts_alone(const counter_under_test& subject) {
    const auto counter = subject.make();
    const auto handle = counter->handle();
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < 200; ++i) {
        const std::int64_t n = amounts[i % std::size(amounts)] * (i < 100 ? 1 : -2);
        handle->add(n);
        sum += n;
        ASSERT_EQ(counter->read(), sum) << "after adding " << n;
    }
    ASSERT_LT(sum, 0) << "the test must take the counter below zero";
}

void handles_come_and_go(const counter_under_test& subject) {
    const auto counter = subject.make();
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < 200; ++i) {
        sum += add_amounts(*counter->handle(), i % 8);
        ASSERT_EQ(counter->read(), sum) << "after handle " << i << " had gone";
    }
    // More at once than a sharded counter has shards.
    std::vector<std::unique_ptr<any_handle>> handles;
    for (std::size_t i = 0; i < 150; ++i) handles.push_back(counter->handle());
    for (const auto& handle : handles) sum += add_amounts(*handle, 3);
    EXPECT_EQ(counter->read(), sum) << "with " << handles.size() << " handles alive";
    handles.clear();
    EXPECT_EQ(counter->read(), sum) << "after they had gone";
}

void what_a_thread_added_stays(const counter_under_test& subject) {
    const auto counter = subject.make();
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < scaled(60, 20); ++i) {
        run_threads(1, [&](unsigned) { sum += add_amounts(*counter->handle(), i); });
        ASSERT_EQ(counter->read(), sum) << "after thread " << i << " had ended";
    }
}

void is_exact_at_rest(const counter_under_test& subject) {
    for (const unsigned threads : {1U, 2U, 4U, 8U}) {
        const doing what(std::to_string(threads) + " threads");
        const auto counter = subject.make();
        std::atomic<std::int64_t> sum = 0;
        for (int round = 1; round <= 3; ++round) {
            run_threads(threads, [&](unsigned) {
                const auto handle = counter->handle();
                sum += add_for_a_while([&] { return add_amounts(*handle, 2 * std::size(amounts)); });
            });
            ASSERT_EQ(counter->read(), sum) << "in round " << round;
        }
    }
}

// A lossy counter may forget adds of others, but never counts one that was not made, and the last store of
// all stands.
void loses_only(const counter_under_test& subject) {
    for (const unsigned threads : {1U, 2U, 4U, 8U}) {
        const doing what(std::to_string(threads) + " threads");
        const auto counter = subject.make();
        std::atomic<std::int64_t> sum = 0;
        run_threads(threads, [&](unsigned) {
            const auto handle = counter->handle();
            sum += add_for_a_while([&] {
                for (int i = 0; i < 10; ++i) handle->add(1);
                return 10;
            });
        });
        EXPECT_GE(counter->read(), threads == 1 ? sum.load() : 1);
        EXPECT_LE(counter->read(), sum) << "counted more than was added";
    }
}

struct candidate {
    std::string_view name;
    bool applies;
    void (*body)(const counter_under_test& subject);
};

}  // namespace

void register_counter_tests(const counter_under_test& subject) {
    const bool lossy = subject.spec->value == read_guarantee::lossy;
    const candidate candidates[] = {
        {"spec_is_sound", true, spec_is_sound},
        {"starts_at_zero", true, starts_at_zero},
        {"counts_alone", true, counts_alone},
        {"handles_come_and_go", true, handles_come_and_go},
        {"what_a_thread_added_stays", true, what_a_thread_added_stays},
        {"counters_live_side_by_side", true, counters_live_side_by_side},
        {"counters_keep_no_memory", true, counters_keep_no_memory},
        {"is_exact_at_rest", !lossy, is_exact_at_rest},
        {"reads_under_load_are_in_bounds", !lossy, reads_under_load_are_in_bounds},
        {"reads_are_in_bounds_far_from_zero", !lossy, reads_are_in_bounds_far_from_zero},
        {"reads_are_in_bounds_while_handles_go", !lossy, reads_are_in_bounds_while_handles_go},
        {"exact_reads_are_of_one_moment", subject.spec->value == read_guarantee::exact,
         exact_reads_are_of_one_moment},
        {"counter_handles_that_come_and_go_disturb_nobody", !lossy,
         counter_handles_that_come_and_go_disturb_nobody},
        {"loses_only", lossy, loses_only},
    };
    for (const candidate& test : candidates) {
        if (!test.applies) continue;
        add_test(subject.registered_name, test.name, [subject, body = test.body] { body(subject); });
    }
}

}  // namespace handoff::conformance
