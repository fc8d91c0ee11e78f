#include "counter_suite.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <iterator>
#include <string>
#include <vector>

#include "session.hpp"
#include "threads.hpp"

namespace handoff::conformance {
namespace {

// ThreadSanitizer does not model fences, and GCC warns of that. Nothing here needs it to: these fences order
// atomics only.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wtsan"
#endif
void full_fence() {
    std::atomic_thread_fence(std::memory_order_seq_cst);
}
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

// How far a thread has come with its adds of one.
struct alignas(128) progress_of_adds {
    std::atomic<std::int64_t> begun{0};
    std::atomic<std::int64_t> completed{0};
};

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

// Adds for a fixed time, not a fixed number: threads that had finished before the next one was awake would
// never meet. Returns what was added.
template <class Batch>
std::int64_t add_for_a_while(Batch add_batch) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(12);
    std::int64_t sum = 0;
    while (std::chrono::steady_clock::now() < end) sum += add_batch();
    return sum;
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

// Reads while threads add one at a time: each value lies between what had completed before the read and what
// had begun before its end; where the spec says exact, the values also never fall.
class read_under_load {
public:
    read_under_load(const counter_under_test& subject, unsigned adders)
        : counter_(subject.make()),
          monotone_(subject.spec->value == read_guarantee::exact),
          adders_(adders),
          adding_(adders) {}

    void run() {
        run_threads(static_cast<unsigned>(adders_.size()) + readers, [this](unsigned i) {
            if (i < adders_.size()) {
                add(adders_[i]);
            } else {
                read();
            }
        });
        EXPECT_EQ(outside_, 0U) << "reads lay outside what was completed before and begun during them";
        EXPECT_EQ(falling_, 0U) << "reads fell although only ones were added";
        EXPECT_EQ(counter_->read(), sum_of(&progress_of_adds::completed));
    }

private:
    static constexpr unsigned readers = 2;

    // The fences make the reader's bounds true on every memory model: a read that sees an add sees, behind
    // its own fence, that it had begun; and an add that had completed before the read's fence is seen by the
    // read.
    void add(progress_of_adds& mine) {
        const auto handle = counter_->handle();
        std::int64_t added = 0;
        add_for_a_while([&] {
            for (int i = 0; i < 20; ++i) {
                mine.begun.store(++added, std::memory_order_relaxed);
                full_fence();
                handle->add(1);
                full_fence();
                mine.completed.store(added, std::memory_order_relaxed);
            }
            return 20;
        });
        --adding_;
    }

    void read() {
        std::int64_t before = 0;
        while (adding_ > 0) {
            const std::int64_t completed = sum_of(&progress_of_adds::completed);
            full_fence();
            const std::int64_t value = counter_->read();
            full_fence();
            if (value < completed || value > sum_of(&progress_of_adds::begun)) ++outside_;
            if (monotone_ && value < before) ++falling_;
            before = value;
        }
    }

    std::int64_t sum_of(std::atomic<std::int64_t> progress_of_adds::*member) const {
        std::int64_t sum = 0;
        for (const progress_of_adds& one : adders_) sum += (one.*member).load(std::memory_order_relaxed);
        return sum;
    }

    const std::unique_ptr<any_counter> counter_;
    const bool monotone_;
    std::vector<progress_of_adds> adders_;
    std::atomic<std::size_t> adding_;
    std::atomic<std::size_t> outside_{0};
    std::atomic<std::size_t> falling_{0};
};

void reads_under_load_are_in_bounds(const counter_under_test& subject) {
    for (const unsigned adders : {1U, 1U, 2U, 2U, 4U, 4U}) {
        const doing what(std::to_string(adders) + " threads that add");
        read_under_load(subject, adders).run();
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
        {"is_exact_at_rest", !lossy, is_exact_at_rest},
        {"reads_under_load_are_in_bounds", !lossy, reads_under_load_are_in_bounds},
        {"loses_only", lossy, loses_only},
    };
    for (const candidate& test : candidates) {
        if (!test.applies) continue;
        add_test(subject.registered_name, test.name, [subject, body = test.body] { body(subject); });
    }
}

}  // namespace handoff::conformance
