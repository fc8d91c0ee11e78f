#include <gtest/gtest.h>

#include <cstdio>
#include <new>

#include "allocation.hpp"
#include "contents.hpp"
#include "session.hpp"
#include "tests.hpp"
#include "transfer.hpp"

namespace handoff::stalls {
namespace {

using conformance::number;
using conformance::random_below;
using conformance::untouched;
using conformance::waiting;

enum class result { yes, no, out_of_memory };

// Calls with the nth allocation failing (0: none), and says what came of it.
template <class Call>
result with_failure(std::uint64_t nth, bool& happened, Call call) {
    const failing_allocation failing(nth);
    result came = result::no;
    try {
        if (call()) came = result::yes;
    } catch (const std::bad_alloc&) {
        came = result::out_of_memory;
    }
    happened = failing.happened();
    return came;
}

// One thread pushes and pops, by the queue's own waiting calls or by try_ calls, while allocations fail now
// and then. From the first call on where the spec allows that; else once the thread has made its first push
// and pop, and never while a handle is made.
class shortage {
public:
    shortage(const conformance::queue_under_test& subject, std::size_t requested, waiting wait)
        : queue_(subject.numbers(requested)),
          producer_(queue_->producer()),
          consumer_(queue_->consumer()),
          held_(subject.spec->delivery),
          room_(subject.bounded() ? queue_->capacity() : 2'000),
          setup_may_fail_(subject.spec->setup_survives_bad_alloc),
          own_calls_(wait == waiting::own_calls) {
        if (setup_may_fail_) return;
        push(0);
        pop(0);
    }

    void push(std::uint64_t nth) {
        if (held_.size() == room_) return;
        number value = next_;
        bool happened = false;
        const result came = with_failure(nth, happened, [&] {
            return own_calls_ ? producer_->push(std::move(value)) : producer_->try_push(std::move(value));
        });
        if (came == result::yes) {
            held_.push(next_++, handles_);
        } else {
            EXPECT_TRUE(happened) << "a push failed with " << held_.size() << " of " << room_
                                  << " items held, and no allocation had failed";
            EXPECT_EQ(value, next_) << "a push that failed changed its argument";
        }
        failures_ += happened;
    }

    void pop(std::uint64_t nth) {
        if (held_.empty()) return;
        number value = untouched;
        bool happened = false;
        const result came = with_failure(
            nth, happened, [&] { return own_calls_ ? consumer_->pop(value) : consumer_->try_pop(value); });
        if (came == result::yes) {
            EXPECT_TRUE(held_.pop(value)) << held_.why();
        } else {
            EXPECT_TRUE(happened) << "a pop failed with " << held_.size()
                                  << " items held, and no allocation had failed";
            EXPECT_EQ(value, untouched) << "a pop that failed changed its argument";
        }
        failures_ += happened;
    }

    // A handle that cannot be made leaves the queue as it was. The old one goes first: some have one at a
    // time.
    void renew(std::uint64_t nth) {
        bool happened = false;
        const bool pushes = random_below(2) == 0;
        if (pushes) ++handles_;
        pushes ? producer_.reset() : consumer_.reset();
        const result came = with_failure(setup_may_fail_ ? nth : 0, happened, [&] {
            pushes ? void(producer_ = queue_->producer()) : void(consumer_ = queue_->consumer());
            return true;
        });
        failures_ += happened;
        if (came == result::yes) return;
        EXPECT_TRUE(happened) << "a handle was refused, and no allocation had failed";
        pushes ? void(producer_ = queue_->producer()) : void(consumer_ = queue_->consumer());
    }

    void drain() {
        while (!held_.empty() && !testing::Test::HasFailure()) pop(0);
        number value = untouched;
        EXPECT_FALSE(consumer_->try_pop(value)) << "popped " << value << " from an empty queue";
    }

    std::uint64_t failures() const { return failures_; }

private:
    const std::unique_ptr<conformance::any_queue<number>> queue_;
    std::unique_ptr<conformance::any_producer<number>> producer_;
    std::unique_ptr<conformance::any_consumer<number>> consumer_;
    conformance::contents held_;
    const std::size_t room_;
    const bool setup_may_fail_;
    const bool own_calls_;
    number next_ = 0;
    std::uint64_t handles_ = 0;  // of a producer, until now
    std::uint64_t failures_ = 0;
};

std::uint64_t live_through_a_shortage(const conformance::queue_under_test& subject, std::size_t requested,
                                      waiting wait) {
    shortage run(subject, requested, wait);
    for (int i = 0; i < 4'000 && !testing::Test::HasFailure(); ++i) {
        // 0: none fails. In phases, so that an unbounded queue grows to several blocks and shrinks again.
        const std::uint64_t nth = random_below(4);
        const bool grows = i / 500 % 2 == 0;
        if (random_below(20) == 0) {
            run.renew(nth);
        } else if (random_below(4) == 0 ? !grows : grows) {
            run.push(nth);
        } else {
            run.pop(nth);
        }
    }
    run.drain();
    return run.failures();
}

// Each allocation of a constructor in turn.
std::uint64_t fail_to_construct(const conformance::queue_under_test& subject, std::size_t requested) {
    for (std::uint64_t nth = 1;; ++nth) {
        const std::int64_t before = blocks_held();
        bool happened = false;
        with_failure(nth, happened, [&] { return subject.numbers(requested) != nullptr; });
        const std::int64_t after = blocks_held();
        EXPECT_EQ(after, before) << "blocks leaked by a constructor whose allocation " << nth << " failed";
        if (!happened || testing::Test::HasFailure()) return nth - 1;
    }
}

}  // namespace

void failed_allocations_are_survived(const conformance::queue_under_test& subject) {
    if (!subject.spec->calls_survive_bad_alloc)
        GTEST_SKIP() << "the spec promises nothing of memory that runs out";
    std::uint64_t in_calls = 0;
    std::uint64_t in_constructor = 0;
    for (const std::size_t requested : {1U, 4U, 64U}) {
        const conformance::doing what("requested capacity " + std::to_string(requested));
        if (subject.spec->setup_survives_bad_alloc) in_constructor += fail_to_construct(subject, requested);
        for (const waiting wait : {waiting::try_calls, waiting::own_calls}) {
            if (wait == waiting::own_calls && !subject.blocking) continue;
            const std::int64_t before = blocks_held();
            in_calls += live_through_a_shortage(subject, requested, wait);
            if (testing::Test::HasFailure()) return;  // which holds memory of its own
            EXPECT_EQ(blocks_held(), before) << "blocks were leaked";
        }
    }
    std::printf("%s: survived %llu failed allocations in calls and handles, %llu in constructors\n",
                std::string(subject.registered_name).c_str(), static_cast<unsigned long long>(in_calls),
                static_cast<unsigned long long>(in_constructor));
}

}  // namespace handoff::stalls
