#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "adding.hpp"
#include "counter_tests.hpp"
#include "session.hpp"
#include "stress.hpp"
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

// How far a thread has come: the sums of what it has added, of each sign apart.
struct alignas(128) progress_of_adds {
    std::atomic<std::int64_t> plus_begun{0};
    std::atomic<std::int64_t> plus_completed{0};
    std::atomic<std::int64_t> minus_begun{0};
    std::atomic<std::int64_t> minus_completed{0};
};

// Where the counter begins, and what is then added in turn.
struct additions {
    std::int64_t first;
    std::vector<std::int64_t> in_turn;
    bool by_new_handles = false;  // after every few of them

    bool only_grow() const {
        return std::all_of(in_turn.begin(), in_turn.end(), [](std::int64_t n) { return n > 0; });
    }
    std::string describe() const {
        std::string text = "from " + std::to_string(first) + " by";
        for (const std::int64_t n : in_turn) text += " " + std::to_string(n);
        return text + (by_new_handles ? ", by new handles" : "");
    }
};

// Reads while threads add: each value lies between what had completed before the read and what had begun
// before its end; where the spec says exact and nothing is taken away, the values also never fall.
class read_under_load {
public:
    read_under_load(const counter_under_test& subject, unsigned adders, const additions& added)
        : counter_(subject.make()),
          added_(added),
          monotone_(subject.spec->value == read_guarantee::exact && added.only_grow()),
          adders_(adders),
          adding_(adders) {
        counter_->handle()->add(added.first);
    }

    void run() {
        run_threads(static_cast<unsigned>(adders_.size()) + readers, [this](unsigned i) {
            if (i < adders_.size()) {
                add(adders_[i]);
            } else {
                read();
            }
        });
        EXPECT_EQ(outside_, 0U)
            << "reads lay outside what was completed before and begun during them, such as " << example_;
        EXPECT_EQ(falling_, 0U) << "reads fell although nothing was taken away";
        EXPECT_EQ(counter_->read(), added_.first + sum_of(&progress_of_adds::plus_completed) -
                                        sum_of(&progress_of_adds::minus_completed));
    }

private:
    static constexpr unsigned readers = 2;

    void add(progress_of_adds& mine) {
        auto handle = counter_->handle();
        add_for_a_while([&] {
            if (added_.by_new_handles) {
                handle.reset();
                handle = counter_->handle();
            }
            for (int i = 0; i < 10; ++i) {
                for (const std::int64_t n : added_.in_turn) {
                    n > 0 ? add_one(*handle, n, n, mine.plus_begun, mine.plus_completed)
                          : add_one(*handle, n, -n, mine.minus_begun, mine.minus_completed);
                }
            }
            return 1;
        });
        --adding_;
    }

    // The fences make the reader's bounds true on every memory model: a read that sees an add sees, behind
    // its own fence, that it had begun; and an add that had completed before the read's fence is seen by the
    // read.
    static void add_one(any_handle& handle, std::int64_t n, std::int64_t size,
                        std::atomic<std::int64_t>& begun, std::atomic<std::int64_t>& completed) {
        begun.store(begun.load(std::memory_order_relaxed) + size, std::memory_order_relaxed);
        full_fence();
        handle.add(n);
        full_fence();
        completed.store(completed.load(std::memory_order_relaxed) + size, std::memory_order_relaxed);
    }

    void read() {
        std::int64_t before = added_.first;
        while (adding_ > 0) {
            const std::int64_t plus_completed = sum_of(&progress_of_adds::plus_completed);
            const std::int64_t minus_completed = sum_of(&progress_of_adds::minus_completed);
            full_fence();
            const std::int64_t value = counter_->read();
            full_fence();
            const std::int64_t least = added_.first + plus_completed - sum_of(&progress_of_adds::minus_begun);
            const std::int64_t most = added_.first + sum_of(&progress_of_adds::plus_begun) - minus_completed;
            if ((value < least || value > most) && outside_.fetch_add(1) == 0) {
                example_ = std::to_string(value) + ", which is not from " + std::to_string(least) + " to " +
                           std::to_string(most);
            }
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
    const additions added_;
    const bool monotone_;
    std::vector<progress_of_adds> adders_;
    std::atomic<std::size_t> adding_;
    std::atomic<std::size_t> outside_{0};
    std::atomic<std::size_t> falling_{0};
    std::string example_;  // written by the reader that found the first
};

void read_while_adding(const counter_under_test& subject, unsigned adders, const additions& added) {
    const doing what(std::to_string(adders) + " threads that add, " + added.describe());
    read_under_load(subject, adders, added).run();
}

}  // namespace

void reads_under_load_are_in_bounds(const counter_under_test& subject) {
    for (const unsigned adders : {1U, 1U, 2U, 2U, 4U, 4U}) {
        read_while_adding(subject, adders, {.first = 0, .in_turn = {1}});
    }
}

// What a handle has added neither goes away for an instant with the handle nor is there twice.
void reads_are_in_bounds_while_handles_go(const counter_under_test& subject) {
    for (const unsigned adders : {1U, 1U, 2U, 2U, 4U, 4U}) {
        read_while_adding(subject, adders, {.first = 0, .in_turn = {1}, .by_new_handles = true});
    }
}

// Where a number of 32 bits, with a sign or without, ends, and where one half of a larger number carries into
// the other: in steps that pass such a place with each add, and to and fro across it by ones.
void reads_are_in_bounds_far_from_zero(const counter_under_test& subject) {
    constexpr std::int64_t sign = std::int64_t{1} << 31;
    constexpr std::int64_t carry = std::int64_t{1} << 32;
    const additions all[] = {
        {.first = 0, .in_turn = {sign + 1}},      {.first = 0, .in_turn = {-sign - 1, -carry}},
        {.first = carry - 1, .in_turn = {1, -1}}, {.first = -carry, .in_turn = {-1, 1}},
        {.first = sign - 1, .in_turn = {1, -1}},  {.first = -sign, .in_turn = {-1, 1}},
    };
    // A read must meet a carry. In quick there is one round, in deep as many as there is time for.
    const auto end = std::chrono::steady_clock::now() + stress_time(std::chrono::milliseconds(0));
    do {
        for (const additions& added : all) {
            read_while_adding(subject, 2, added);
            if (testing::Test::HasFailure()) return;
        }
    } while (std::chrono::steady_clock::now() < end);
}

}  // namespace handoff::conformance
