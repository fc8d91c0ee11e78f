#include <gtest/gtest.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

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
constexpr std::size_t calls = 3;

// Then a thread that is woken does not take the processor from the one that has woken it, which is to take
// the item back. The policy is one that each thread may choose.
void wake_up_slowly() {
    const sched_param parameters{};
    if (sched_setscheduler(0, SCHED_BATCH, &parameters) != 0) die("sched_setscheduler failed");
}

// One call of pop_for, while the thread that calls this pushes items and takes them back at once. How long it
// lasted; a call that got an item does not count, and is made again.
milliseconds lasts_under_traffic(any_queue<number>& queue) {
    std::atomic<bool> over = false;
    milliseconds lasted{0};
    run_threads(
        1,
        [&](unsigned) {
            wake_up_slowly();
            const auto consumer = queue.consumer();
            const auto end = clock::now() + longest;
            for (bool popped = true; popped && clock::now() < end;) {
                number value = untouched;
                const auto begin = clock::now();
                popped = consumer->pop_for(value, timeout);
                lasted = std::chrono::duration_cast<milliseconds>(clock::now() - begin);
            }
            over = true;
        },
        [&] {
            const auto producer = queue.producer();
            const auto consumer = queue.consumer();
            for (const auto end = clock::now() + longest; !over && clock::now() < end;) {
                number value = 1;
                producer->try_push(std::move(value));
                consumer->try_pop(value);
                std::this_thread::sleep_for(between);
            }
        });
    return lasted;
}

}  // namespace

// A consumer that is woken for an item which another one has taken goes on waiting for what is left of its
// timeout, not for a whole one.
void pop_for_gives_up_while_others_take(const queue_under_test& subject) {
    const auto queue = subject.numbers(4);
    std::vector<milliseconds> lasted;
    for (std::size_t i = 0; i < calls; ++i) lasted.push_back(lasts_under_traffic(*queue));
    std::sort(lasted.begin(), lasted.end());
    EXPECT_LT(lasted[calls / 2].count(), late.count())
        << "ms lasted half of the calls of pop_for, or more, with a timeout of " << timeout.count()
        << " ms, while others took the items that came";
}

}  // namespace handoff::conformance
