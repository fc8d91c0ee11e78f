#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>

#include "stress.hpp"
#include "tests.hpp"
#include "transfer.hpp"

namespace handoff::conformance {
namespace {

// Rounds of two threads. The first makes room for one call and then makes that call; the second makes the
// same call all the time, until one succeeds or the round is over. So one of them must succeed: whoever fails
// without the other's success has seen room that another failing call had taken for itself and was about to
// give back.
class contest_for_one {
public:
    template <class MakeRoom, class Call, class OtherCall>
    void run(MakeRoom make_room, Call try_call, OtherCall other_try_call) {
        run_threads(2, [&](unsigned self) {
            if (self == 0) {
                go_first(make_room, try_call);
                is_all_over_ = true;
            } else {
                go_along(other_try_call);
            }
        });
    }
    // Of how many rounds so many ended without a success: none, or the last of them.
    std::size_t rounds() const { return begun_; }
    std::size_t lost() const { return lost_; }

private:
    template <class MakeRoom, class Call>
    void go_first(MakeRoom make_room, Call try_call) {
        const auto end = std::chrono::steady_clock::now() + stress_time(std::chrono::milliseconds(60));
        while (lost_ == 0 && std::chrono::steady_clock::now() < end) {
            is_over_ = false;
            const std::size_t round = ++begun_;
            while (joined_ != round) give_way();
            ASSERT_TRUE(make_room());
            const bool succeeded = try_call();
            is_over_ = true;
            while (ended_ != round) give_way();
            if (!succeeded && !other_succeeded_) ++lost_;
        }
    }
    template <class Call>
    void go_along(Call try_call) {
        for (std::size_t round = 1;; ++round) {
            while (begun_ != round) {
                if (is_all_over_) return;
                give_way();
            }
            other_succeeded_ = false;
            joined_ = round;
            while (!is_over_ && !other_succeeded_) other_succeeded_ = try_call();
            ended_ = round;
        }
    }

    std::size_t lost_ = 0;
    bool other_succeeded_ = false;  // the first thread looks at it when a round has ended
    alignas(128) std::atomic<std::size_t> begun_{0};
    alignas(128) std::atomic<std::size_t> joined_{0};
    alignas(128) std::atomic<std::size_t> ended_{0};
    alignas(128) std::atomic<bool> is_over_{false};
    std::atomic<bool> is_all_over_{false};
};

}  // namespace

void one_of_two_pushes_finds_the_room(const queue_under_test& subject) {
    const auto queue = subject.numbers(4);
    const auto producer = queue->producer();
    const auto other_producer = queue->producer();
    const auto consumer = queue->consumer();
    for (std::size_t i = 0; i < queue->capacity(); ++i) ASSERT_TRUE(producer->try_push(number{i}));
    contest_for_one contest;
    number value = untouched;
    contest.run([&] { return consumer->try_pop(value); }, [&] { return producer->try_push(1); },
                [&] { return other_producer->try_push(1); });
    EXPECT_EQ(contest.lost(), 0U) << "in round " << contest.rounds()
                                  << " an item was popped from a full queue, and then two pushes failed";
}

void one_of_two_pops_finds_the_item(const queue_under_test& subject) {
    const auto queue = subject.numbers(4);
    const auto producer = queue->producer();
    const auto consumer = queue->consumer();
    const auto other_consumer = queue->consumer();
    contest_for_one contest;
    number value = untouched;
    number other_value = untouched;
    contest.run([&] { return producer->try_push(1); }, [&] { return consumer->try_pop(value); },
                [&] { return other_consumer->try_pop(other_value); });
    EXPECT_EQ(contest.lost(), 0U) << "in round " << contest.rounds()
                                  << " an item was pushed into an empty queue, and then two pops failed";
}

}  // namespace handoff::conformance
