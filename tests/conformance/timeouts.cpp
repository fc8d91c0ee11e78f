#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "environment.hpp"
#include "in_time.hpp"
#include "tests.hpp"
#include "transfer.hpp"
#include "waiting.hpp"

namespace handoff::conformance {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using time_point = std::chrono::steady_clock::time_point;

time_point now() {
    return std::chrono::steady_clock::now();
}

// How late a timed call may come back, as a rule: in the median of a block of calls. While others want the
// processor any one call may be later, and even most of them; so a block that is late is made again until the
// patience is over, or until not one call in a long time was in time.
constexpr milliseconds tolerance{5};
constexpr std::size_t calls_per_block = 9;
constexpr std::chrono::seconds long_without_one_in_time{8};

std::chrono::seconds patience() {
    return std::chrono::seconds(number_from("HANDOFF_PATIENCE_SECONDS", 1, 60));
}

struct lateness {
    nanoseconds least;
    nanoseconds median;
};

// How late a block of calls on an empty queue gave up.
lateness give_up_in_a_block(any_consumer<number>& consumer, nanoseconds timeout) {
    std::array<nanoseconds, calls_per_block> late{};
    for (nanoseconds& one : late) {
        number value = untouched;
        const auto begin = now();
        const bool popped = consumer.pop_for(value, timeout);
        one = now() - begin - std::max(timeout, nanoseconds(0));
        EXPECT_FALSE(popped) << "popped " << value << " from an empty queue";
        EXPECT_EQ(value, untouched) << "a pop_for that gave up changed its argument";
        EXPECT_GE(one.count(), 0) << "nanoseconds: gave up too early";
    }
    const auto middle = late.begin() + calls_per_block / 2;
    std::nth_element(late.begin(), middle, late.end());
    return {*std::min_element(late.begin(), late.end()), *middle};
}

void expect_to_give_up(any_consumer<number>& consumer, nanoseconds timeout) {
    const auto begin = now();
    nanoseconds least = nanoseconds::max();
    for (int block = 0;; ++block) {
        const doing what("timeout " + std::to_string(timeout.count()) + " ns, block " +
                         std::to_string(block));
        const lateness seen = give_up_in_a_block(consumer, timeout);
        if (testing::Test::HasFailure() || seen.median <= tolerance) return;
        least = std::min(least, seen.least);
        const auto so_far = now() - begin;
        if (so_far < patience() && (so_far < long_without_one_in_time || least <= tolerance)) continue;
        FAIL() << "did not give up in time: half of the calls were " << seen.median.count()
               << " ns late, or more, and all were " << least.count() << " ns late, or more";
    }
}

// A call, and when it began and ended.
struct timed_call {
    time_point began;
    time_point ended;

    nanoseconds lasted() const { return ended - began; }
};

template <class Call>
timed_call time_of(Call call) {
    timed_call seen{now(), {}};
    call();
    seen.ended = now();
    return seen;
}

// Several threads in pop_for at the same time, while one more pushes an item and tries to pop: no call is to
// wait for the end of another's timeout.
class timeouts_at_once {
public:
    timeouts_at_once(const queue_under_test& subject)
        : queue_(subject.numbers(4)),
          waiters_(waiters(subject.spec->consumers)),
          tries_to_pop_(subject.spec->consumers == cardinality::many) {}

    static constexpr milliseconds timeout{30};

    std::optional<late_call> run() {
        std::vector<timed_call> calls(waiters_);
        timed_call push;
        timed_call pop{};
        run_threads(
            waiters_,
            [&](unsigned self) {
                const auto consumer = queue_->consumer();
                number value = untouched;
                calls[self] = time_of([&] { consumer->pop_for(value, timeout); });
            },
            [&] {
                std::this_thread::sleep_for(timeout / 3);
                number value = untouched;
                if (tries_to_pop_) pop = time_of([&] { queue_->consumer()->try_pop(value); });
                push = time_of([&] { queue_->producer()->try_push(1); });
            });
        number value = untouched;
        queue_->consumer()->try_pop(value);  // which came when all had given up
        for (const timed_call& one : calls)
            if (std::chrono::abs(one.began - calls[0].began) > timeout / 6 || push.began < one.began)
                return std::nullopt;
        late_call latest{push.lasted(), "a try_push beside threads in pop_for"};
        const auto look_at = [&](nanoseconds late, const char* which) {
            if (late > latest.late) latest = {late, which};
        };
        look_at(pop.lasted(), "a try_pop beside threads in pop_for");
        for (const timed_call& one : calls)
            look_at(one.lasted() - timeout, "a pop_for beside others that had begun with it");
        return latest;
    }

private:
    const std::unique_ptr<any_queue<number>> queue_;
    const unsigned waiters_;
    const bool tries_to_pop_;
};

// How long after `release`, by the test's thread, a thread goes on that was in `call` before.
template <class Call, class Release>
std::optional<late_call> late_to_go_on(const char* which, Call call, Release release) {
    timed_call waited;
    timed_call released;
    run_threads(
        1, [&](unsigned) { waited = time_of(call); },
        [&] {
            nap();
            released = time_of(release);
        });
    if (released.began - waited.began < std::chrono::microseconds(100)) return std::nullopt;
    return late_call{waited.ended - released.ended, which};
}

constexpr milliseconds soon{20};

}  // namespace

// Whatever the timeout is: a time that no clock's step divides, none, or one that is over already.
void pop_for_gives_up(const queue_under_test& subject) {
    const auto queue = subject.numbers(2);
    const auto consumer = queue->consumer();
    const nanoseconds in_turn[] = {nanoseconds(0), nanoseconds(-1), -nanoseconds(for_ever), milliseconds(1),
                                   std::chrono::microseconds(13'700)};
    for (const nanoseconds timeout : in_turn) {
        expect_to_give_up(*consumer, timeout);
        if (testing::Test::HasFailure()) return;
    }
    // A longer one need only not be too short.
    const nanoseconds longer = milliseconds(70);
    number value = untouched;
    const nanoseconds lasted = time_of([&] { consumer->pop_for(value, longer); }).lasted();
    EXPECT_GE(lasted.count(), longer.count()) << "nanoseconds: gave up too early";
}

void pop_for_keeps_nobody_waiting(const queue_under_test& subject) {
    timeouts_at_once tested(subject);
    expect_in_time(timeouts_at_once::timeout / 2, [&] { return tested.run(); });
}

// As soon as there is an item, or room: not at a waiting thread's next look some time later.
void waiting_calls_go_on_at_once(const queue_under_test& subject) {
    const auto queue = subject.numbers(2);
    const auto push = [&] { queue->producer()->try_push(1); };
    number value = untouched;
    if (subject.timed) {
        const auto pop_for = [&] { queue->consumer()->pop_for(value, for_ever); };
        expect_in_time(soon, [&] { return late_to_go_on("pop_for, after a push", pop_for, push); });
    }
    if (!subject.blocking) return;
    const auto pop = [&] { queue->consumer()->pop(value); };
    expect_in_time(soon, [&] { return late_to_go_on("pop, after a push", pop, push); });
    if (!subject.bounded()) return;
    for (std::size_t i = 0; i < queue->capacity(); ++i) push();
    const auto own_push = [&] { queue->producer()->push(1); };
    const auto make_room = [&] { queue->consumer()->try_pop(value); };
    expect_in_time(soon, [&] { return late_to_go_on("push, after a pop", own_push, make_room); });
}

}  // namespace handoff::conformance
