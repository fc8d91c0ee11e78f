#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <vector>

#include "lock_tests.hpp"
#include "session.hpp"
#include "threads.hpp"

namespace handoff::conformance {
namespace {

// From outside nobody sees when a thread has announced itself to the lock: it is given a nap for it, and the
// scheduler may let that pass without it. So a round may go wrong by chance, and most of them may not. A lock
// that takes threads as it likes gets one round right in 8! of them.
constexpr int rounds = 6;

template <class Round>
void expect_most(const char* what, Round round) {
    int held = 0;
    for (int i = 0; i < rounds; ++i) held += round() ? 1 : 0;
    EXPECT_GT(held, rounds / 2) << "rounds of " << rounds << " in which " << what;
}

// Threads come one after another to a lock that is held.
bool entered_in_order(const lock_under_test& subject) {
    constexpr unsigned waiters = 8;
    const auto lock = subject.make();
    const auto first = lock->handle();
    std::atomic<unsigned> called{0};   // who may come: those below
    std::atomic<unsigned> arrived{0};  // who has come
    std::vector<unsigned> entered;     // guarded by the lock
    first->lock();
    run_threads(
        waiters,
        [&](unsigned self) {
            const auto handle = lock->handle();
            while (called <= self) give_way();
            arrived = self + 1;
            handle->lock();
            entered.push_back(self);
            handle->unlock();
        },
        [&] {
            for (unsigned i = 0; i < waiters; ++i) {
                called = i + 1;
                while (arrived != i + 1) give_way();
                nap();
            }
            first->unlock();
        });
    return std::is_sorted(entered.begin(), entered.end());
}

// How often the holder gets the lock again while another thread waits for it.
std::uint64_t bypasses(const lock_under_test& subject, std::uint64_t at_most) {
    const auto lock = subject.make();
    const auto holder = lock->handle();
    std::atomic<bool> arrived{false};
    std::atomic<bool> entered{false};
    std::uint64_t again = 0;
    holder->lock();
    run_threads(
        1,
        [&](unsigned) {
            const auto handle = lock->handle();
            arrived = true;
            handle->lock();
            entered = true;
            handle->unlock();
        },
        [&] {
            while (!arrived) give_way();
            nap();
            for (;;) {
                holder->unlock();
                holder->lock();
                if (entered || again > at_most) break;
                ++again;
            }
            holder->unlock();
        });
    return again;
}

}  // namespace

void waiters_enter_in_order(const lock_under_test& subject) {
    expect_most("the threads entered in the order of their coming",
                [&] { return entered_in_order(subject); });
}

void a_waiter_is_passed_over_at_most_so_often(const lock_under_test& subject) {
    const std::uint64_t most = subject.spec->most_bypasses;
    expect_most("a waiting thread was passed over no more often than promised",
                [&] { return bypasses(subject, most) <= most; });
}

}  // namespace handoff::conformance
