#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "build.hpp"
#include "lock_tests.hpp"
#include "session.hpp"
#include "stress.hpp"
#include "threads.hpp"
#include "time_box.hpp"

namespace handoff::conformance {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// Some tens of nanoseconds that the compiler cannot take away, nor move what lies around them.
void linger(unsigned steps) {
    for (unsigned i = 0; i < steps; ++i) asm volatile("" ::: "memory");
}

// Two plain numbers that agree whenever no thread is between its writes of them: ThreadSanitizer sees a lock
// that hands nothing over.
class guarded_pair {
public:
    // False: another thread was in the lock.
    bool change(unsigned steps) {
        const std::uint64_t seen = first_;
        const bool agreed = second_ == seen;
        first_ = seen + 1;
        linger(steps);
        second_ = seen + 1;
        return agreed;
    }
    bool read(unsigned steps) const {
        const std::uint64_t seen = first_;
        linger(steps);
        return second_ == seen;
    }
    std::uint64_t changes() const { return first_; }

private:
    std::uint64_t first_ = 0;
    std::uint64_t second_ = 0;
};

// Threads that use one lock, and what they have found.
class lock_users {
public:
    explicit lock_users(const lock_under_test& subject) : lock_(subject.make()) {}

    // Each thread does this again and again: with its handle, its number and the number of the time.
    template <class Once>
    void run(unsigned threads, milliseconds length, Once once) {
        run_threads(threads, [&](unsigned self) {
            const auto handle = lock_->handle();
            time_box box(length);
            std::uint64_t times = 0;
            do once(*handle, self, times++);
            while (!box.is_over());
        });
    }

    void change(any_lock_handle& handle, unsigned steps) {
        handle.lock();
        const bool agreed = guarded_.change(steps);
        handle.unlock();
        count(changes_);
        if (!agreed) count(meetings_);
    }
    void nap_inside(any_lock_handle& handle, microseconds length) {
        handle.lock();
        std::this_thread::sleep_for(length);
        handle.unlock();
    }
    void read(any_lock_handle& handle, unsigned steps) {
        handle.lock_shared();
        const bool agreed = guarded_.read(steps);
        handle.unlock_shared();
        if (!agreed) count(meetings_);
    }

    void expect_exclusion() const {
        EXPECT_EQ(meetings_, 0U) << "times a thread met another one in the lock";
        EXPECT_EQ(guarded_.changes(), changes_) << "changes are lost that were made under the lock";
    }

private:
    using counter = std::atomic<std::uint64_t>;

    // relaxed: a stronger order would bring what the lock may have forgotten to hand over.
    static void count(counter& one) { one.fetch_add(1, std::memory_order_relaxed); }

    const std::unique_ptr<any_lock> lock_;
    guarded_pair guarded_;
    counter changes_{0};
    counter meetings_{0};
};

// Once in quick, in deep as often as there is time for.
template <class Round>
void again_while_there_is_time(Round round) {
    const auto end = std::chrono::steady_clock::now() + stress_time(milliseconds(0));
    do round();
    while (std::chrono::steady_clock::now() < end && !testing::Test::HasFailure());
}

}  // namespace

void one_thread_at_a_time(const lock_under_test& subject) {
    again_while_there_is_time([&] {
        for (const unsigned threads : {2U, 4U}) {
            const doing what(std::to_string(threads) + " threads");
            lock_users all(subject);
            all.run(threads, milliseconds(40), [&](any_lock_handle& handle, unsigned self, std::uint64_t i) {
                all.change(handle, i % 8 == self ? 500 : 5);
            });
            all.expect_exclusion();
        }
    });
}

void writers_are_alone_among_readers(const lock_under_test& subject) {
    again_while_there_is_time([&] {
        for (const unsigned threads : {2U, 4U}) {
            const doing what(std::to_string(threads) + " threads, of which each reads and writes");
            lock_users all(subject);
            all.run(threads, milliseconds(40), [&](any_lock_handle& handle, unsigned self, std::uint64_t i) {
                (i + self) % 4 == 0 ? all.change(handle, 50) : all.read(handle, 50);
            });
            all.expect_exclusion();
        }
    });
}

void a_hundred_threads_get_their_turns(const lock_under_test& subject) {
    lock_users all(subject);
    all.run(many_threads, milliseconds(20),
            [&](any_lock_handle& handle, unsigned, std::uint64_t) { all.change(handle, 5); });
    all.expect_exclusion();
}

// Delays of all lengths within the lock and between, some of them naps, so that threads fall asleep and are
// woken at all moments. A wake-up that is lost leaves a thread asleep, and the watchdog ends the test.
void no_wake_up_of_a_lock_is_lost(const lock_under_test& subject) {
    again_while_there_is_time([&] {
        lock_users all(subject);
        std::vector<std::minstd_rand> random;
        for (unsigned i = 0; i < 4; ++i) random.emplace_back(1 + random_below(1'000'000));
        all.run(4, milliseconds(150), [&](any_lock_handle& handle, unsigned self, std::uint64_t) {
            std::minstd_rand& mine = random[self];
            // Who naps in the lock leaves the others time to fall asleep.
            if (mine() % 8 == 0) all.nap_inside(handle, microseconds(mine() % 100));
            all.change(handle, static_cast<unsigned>(mine() % 4'000));
            if (mine() % 4 == 0) std::this_thread::sleep_for(microseconds(mine() % 100));
            linger(static_cast<unsigned>(mine() % 4'000));
        });
        all.expect_exclusion();
    });
}

}  // namespace handoff::conformance
