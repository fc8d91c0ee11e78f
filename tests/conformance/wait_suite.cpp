#include "wait_suite.hpp"

#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "build.hpp"
#include "random_delay.hpp"
#include "session.hpp"
#include "stress.hpp"
#include "support/cache_line.hpp"
#include "threads.hpp"

namespace handoff::conformance {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Things that one thread puts down and others wait for. Putting down is a plain store, so that nothing but
// what is tested orders it before the look for sleepers.
class counter_top {
public:
    explicit counter_top(const wait_under_test& subject) : wait_(subject.make()) {}

    // By one thread at a time.
    void put(std::uint64_t how_many = 1) {
        for (std::uint64_t i = 0; i < how_many; ++i) {
            made_.store(made_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
            wait_->notify_one();
        }
    }

    // Waits for one and takes it. An attempt after the one that has succeeded takes nothing, so that the
    // fault is told and no other thread waits in vain.
    void take() {
        bool has_one = false;
        bool goes_on = false;
        wait_->until([&] {
            goes_on = has_one;
            has_one = has_one || try_take();
            return has_one;
        });
        count(has_one && !goes_on ? right_ : wrong_);
    }

    bool is_empty() const { return taken_.load() == made_.load(); }
    // The threads that take get it, or the watchdog ends the test.
    void wait_until_empty() const {
        while (!is_empty()) give_way();
    }

    void expect_taken(std::uint64_t times) const {
        EXPECT_EQ(wrong_, 0U) << "waits ended without a success, or made attempts after it";
        EXPECT_EQ(right_, times) << "waits ended with what they had waited for";
    }

private:
    using number = std::atomic<std::uint64_t>;

    // relaxed: a stronger order would bring what is missing.
    static void count(number& one) { one.fetch_add(1, std::memory_order_relaxed); }

    bool try_take() {
        std::uint64_t next = taken_.load(std::memory_order_relaxed);
        while (next != made_.load(std::memory_order_acquire))
            if (taken_.compare_exchange_weak(next, next + 1, std::memory_order_acq_rel)) return true;
        return false;
    }

    const std::unique_ptr<any_wait> wait_;
    alignas(no_false_sharing) number made_{0};
    alignas(no_false_sharing) number taken_{0};
    number right_{0};
    number wrong_{0};
};

void wait_spec_is_sound(const wait_under_test& subject) {
    const wait_spec& spec = *subject.spec;
    EXPECT_EQ(spec.name, subject.registered_name) << "the spec's name is not the registered one";
    EXPECT_FALSE(spec.cite.empty()) << "the spec cites neither paper nor project";
}

void what_was_there_before_is_taken(const wait_under_test& subject) {
    counter_top top(subject);
    for (std::uint64_t round = 1; round <= 400; ++round) {
        top.put(3);
        for (int i = 0; i < 3; ++i) top.take();
        top.expect_taken(3 * round);
    }
}

// Each item is alone: if its wake-up is lost, nothing comes after it to wake the thread, and the watchdog
// ends the test. Delays of all lengths on both sides, so that items come at all moments of falling asleep.
void no_wake_up_of_a_wait_is_lost(const wait_under_test& subject) {
    counter_top top(subject);
    std::atomic<bool> ended = false;
    std::uint64_t put = 0;
    std::uint64_t taken = 0;
    random_delay before_putting(random_below(1'000'000));
    random_delay before_waiting(random_below(1'000'000));
    run_threads(2, [&](unsigned self) {
        if (self == 0) {
            const auto end = steady_clock::now() + stress_time(milliseconds(150));
            while (steady_clock::now() < end) {
                top.put();
                ++put;
                top.wait_until_empty();
                before_putting.pass();
            }
            ended = true;
            top.put();  // for the thread that may already wait
            return;
        }
        while (!ended) {
            before_waiting.pass();
            top.take();
            ++taken;
        }
    });
    // The last one is for a wait that may not have begun any more.
    EXPECT_GE(taken, put);
    top.expect_taken(taken);
}

// In bursts, whose notifications come while threads that were woken before have not run yet.
void waiting_threads_share_what_comes(const wait_under_test& subject) {
    constexpr unsigned waiters = 4;
    counter_top top(subject);
    std::atomic<bool> ended = false;
    std::atomic<std::uint64_t> waits = 0;
    random_delay before_putting(random_below(1'000'000));
    std::vector<random_delay> before_waiting;
    for (unsigned i = 0; i < waiters; ++i) before_waiting.emplace_back(random_below(1'000'000));
    run_threads(waiters + 1, [&](unsigned self) {
        if (self == waiters) {
            const auto end = steady_clock::now() + stress_time(milliseconds(150));
            for (std::uint64_t burst = 1; steady_clock::now() < end; burst = burst % waiters + 1) {
                top.put(burst);
                top.wait_until_empty();
                before_putting.pass();
            }
            ended = true;
            top.put(waiters);
            return;
        }
        while (!ended) {
            before_waiting[self].pass();
            top.take();
            ++waits;
        }
    });
    top.expect_taken(waits);
}

void a_crowd_is_woken(const wait_under_test& subject) {
    counter_top top(subject);
    run_threads(
        many_threads, [&](unsigned) { top.take(); },
        [&] {
            nap();
            top.put(many_threads);
        });
    top.expect_taken(many_threads);
    EXPECT_TRUE(top.is_empty());
}

// A thread that is in a system call comes back from it when a signal is handled, and must go back to wait.
void signals_end_no_wait(const wait_under_test& subject) {
    struct sigaction ignored {};
    struct sigaction before {};
    ignored.sa_handler = [](int) {};  // without SA_RESTART
    sigaction(SIGUSR2, &ignored, &before);
    counter_top top(subject);
    std::atomic<bool> begun = false;
    std::atomic<pthread_t> waiter{};
    run_threads(
        1,
        [&](unsigned) {
            waiter = pthread_self();
            begun = true;
            top.take();
        },
        [&] {
            while (!begun) give_way();
            for (int i = 0; i < 5; ++i) {
                nap();
                pthread_kill(waiter, SIGUSR2);
            }
            nap();
            top.put();
        });
    sigaction(SIGUSR2, &before, nullptr);
    top.expect_taken(1);
}

double cpu_seconds_of_this_thread() {
    timespec used{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

// The share of a wait of 100 ms that the thread was busy. On a busy machine it is less, not more.
double busy_share_of_a_wait(const wait_under_test& subject) {
    counter_top top(subject);
    double share = 0.0;
    run_threads(
        1,
        [&](unsigned) {
            const auto begin = steady_clock::now();
            const double used = cpu_seconds_of_this_thread();
            top.take();
            const std::chrono::duration<double> lasted = steady_clock::now() - begin;
            share = (cpu_seconds_of_this_thread() - used) / lasted.count();
        },
        [&] {
            std::this_thread::sleep_for(milliseconds(100));
            top.put();
        });
    return share;
}

void a_waiting_thread_sleeps_as_it_says(const wait_under_test& subject) {
    double least = 1.0;
    for (int tries = 0; tries < 5 && least > 0.5; ++tries)
        least = std::min(least, busy_share_of_a_wait(subject));
    EXPECT_LE(least, 0.5) << "the share of a wait of 100 ms in which a thread that should sleep was busy";
}

struct candidate {
    std::string_view name;
    bool applies;
    void (*body)(const wait_under_test& subject);
};

}  // namespace

void register_wait_tests(const wait_under_test& subject) {
    const bool many = subject.spec->waiters == cardinality::many;
    const candidate candidates[] = {
        {"spec_is_sound", true, wait_spec_is_sound},
        {"what_was_there_before_is_taken", true, what_was_there_before_is_taken},
        {"no_wake_up_of_a_wait_is_lost", true, no_wake_up_of_a_wait_is_lost},
        {"waiting_threads_share_what_comes", many, waiting_threads_share_what_comes},
        {"a_crowd_is_woken", many, a_crowd_is_woken},
        {"signals_end_no_wait", true, signals_end_no_wait},
        {"a_waiting_thread_sleeps_as_it_says", subject.spec->meanwhile != waiting::polls,
         a_waiting_thread_sleeps_as_it_says},
    };
    for (const candidate& test : candidates) {
        if (!test.applies) continue;
        add_test(subject.registered_name, test.name, [subject, body = test.body] { body(subject); });
    }
}

}  // namespace handoff::conformance
