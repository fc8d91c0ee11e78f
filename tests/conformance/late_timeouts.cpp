#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "held_thread.hpp"
#include "session.hpp"
#include "tests.hpp"
#include "transfer.hpp"

namespace handoff::conformance {
namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds timeout{20};
// Between two items that are pushed and taken back: several in each timeout.
constexpr milliseconds between{4};
// As long as items go on coming, so that a call which begins anew at each of them lasts so long.
constexpr milliseconds longest = 10 * timeout;
// Later than a thread that is ready is kept from a processor, as a rule, by many others.
constexpr milliseconds late = 3 * timeout;
// So many calls in time are enough, or so many that were late.
constexpr unsigned enough_in_time = 3;
constexpr unsigned enough_late = 5;
// Or in a row in which each call was given an item: some queues keep those that come for who waits.
constexpr unsigned enough_served = 5;
// At most so many, of which each takes as long as a timeout, or as ten.
constexpr unsigned most_tries = 100;

// A call of pop_for, and when another thread took back an item that it had pushed.
struct call_under_traffic {
    clock::time_point began;
    clock::time_point ended;
    bool gave_up = false;
    clock::time_point traffic_ended;
    std::vector<clock::time_point> taken_back;

    milliseconds lasted() const { return std::chrono::duration_cast<milliseconds>(ended - began); }

    // Whether it gave up only when no more items came.
    bool was_served() const { return !gave_up || (lasted() < late && ended >= traffic_ended); }

    // Whether an item came and went in each timeout: otherwise a call that begins anew at each may give up,
    // too, as on a machine whose processors are wanted by many.
    bool had_traffic() const {
        clock::time_point last = began;
        for (const clock::time_point one : taken_back) {
            if (one - last >= timeout) return false;
            last = std::max(last, one);
        }
        return ended - last < timeout;
    }
};

// Calls pop_for until it has given up; one that got an item does not count.
void give_up(any_queue<number>& queue, clock::time_point end, call_under_traffic& call) {
    const auto consumer = queue.consumer();
    while (!call.gave_up && clock::now() < end) {
        number value = untouched;
        call.began = clock::now();
        call.gave_up = !consumer->pop_for(value, timeout);
        call.ended = clock::now();
    }
}

// Items come and are taken back while the consumer is held: it is woken for each, and finds none when it
// runs.
call_under_traffic call_while_others_take(any_queue<number>& queue) {
    std::atomic<bool> over = false;
    call_under_traffic call;
    const auto end = clock::now() + longest;
    call.traffic_ended = end;
    std::optional<held_thread> waiting;
    std::atomic<bool> is_there = false;
    run_threads(2, [&](unsigned self) {
        if (self == 0) {
            waiting.emplace();
            is_there = true;
            give_up(queue, end, call);
            over = true;
            return;
        }
        while (!is_there) std::this_thread::yield();
        const auto producer = queue.producer();
        const auto consumer = queue.consumer();
        while (!over && clock::now() < end) {
            waiting->hold();
            number value = 1;
            producer->try_push(std::move(value));
            if (consumer->try_pop(value)) call.taken_back.push_back(clock::now());
            waiting->let_go();
            std::this_thread::sleep_for(between);
        }
    });
    return call;
}

}  // namespace

// A consumer that is woken for an item which another one has taken goes on waiting for what is left of its
// timeout, not for a whole one.
void pop_for_gives_up_while_others_take(const queue_under_test& subject) {
    const auto queue = subject.numbers(4);
    unsigned in_time = 0;
    unsigned served = 0;
    unsigned early = 0;
    std::vector<milliseconds::rep> lateness;
    for (unsigned tries = 0; tries < most_tries; ++tries) {
        if (in_time == enough_in_time || served == enough_served || lateness.size() == enough_late) break;
        const call_under_traffic call = call_while_others_take(*queue);
        if (call.was_served()) {
            ++served;
            continue;
        }
        served = 0;
        if (call.ended - call.began < timeout) ++early;
        if (call.lasted() >= late)
            lateness.push_back(call.lasted().count());
        else if (call.had_traffic())
            ++in_time;
    }
    if (in_time < enough_in_time && lateness.size() < enough_late)
        std::printf("%.*s: not tested whether pop_for begins its timeout anew: in %u runs it got each item\n",
                    static_cast<int>(subject.registered_name.size()), subject.registered_name.data(), served);
    EXPECT_EQ(early, 0U) << "calls of pop_for gave up before their timeout of " << timeout.count()
                         << " ms: woken in vain, or by the signal that held them";
    EXPECT_LT(lateness.size(), enough_late)
        << "calls of pop_for lasted " << late.count() << " ms or more, the last one " << lateness.back()
        << " ms, with a timeout of " << timeout.count() << " ms, while others took the items that came; "
        << in_time << " were in time";
}

}  // namespace handoff::conformance
