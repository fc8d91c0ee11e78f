#include "lock_suite.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <vector>

#include "lock_tests.hpp"
#include "session.hpp"
#include "threads.hpp"
#include "time_box.hpp"

namespace handoff::conformance {
namespace {

using std::chrono::milliseconds;

void spec_is_sound(const lock_under_test& subject) {
    const lock_spec& spec = *subject.spec;
    EXPECT_EQ(spec.name, subject.registered_name) << "the spec's name is not the registered one";
    EXPECT_FALSE(spec.cite.empty()) << "the spec cites neither paper nor project";
    EXPECT_EQ(spec.most_bypasses != 0, spec.fair == fairness::bounded_bypass)
        << "most_bypasses belongs to bounded_bypass, and to nothing else";
    EXPECT_NE(spec.tries, try_failure::exact_per_end) << "a lock has no ends";
}

void locks_alone(const lock_under_test& subject) {
    const auto lock = subject.make();
    const auto kept = lock->handle();
    for (int i = 0; i < 200; ++i) {
        const auto handle = lock->handle();
        handle->lock();
        handle->unlock();
        kept->lock();
        kept->unlock();
    }
    // More at once than a lock may have numbered places for.
    std::vector<std::unique_ptr<any_lock_handle>> handles;
    for (int i = 0; i < 300; ++i) handles.push_back(lock->handle());
    for (const auto& handle : handles) {
        handle->lock();
        handle->unlock();
    }
}

void recursive_lock_is_taken_again(const lock_under_test& subject) {
    const auto lock = subject.make();
    const auto handle = lock->handle();
    handle->lock();
    handle->lock();
    handle->unlock();
    const auto held = [&] {
        bool taken = true;
        run_threads(1, [&](unsigned) {
            const auto other = lock->handle();
            taken = other->try_lock();
            if (taken) other->unlock();
        });
        return !taken;
    };
    if (subject.tried) {
        EXPECT_TRUE(held()) << "after one of two unlocks another thread has taken it";
    }
    handle->unlock();
    if (subject.tried) {
        EXPECT_FALSE(held()) << "after the second unlock no other thread can take it";
    }
}

// Another thread's, so that a lock that knows its owner is asked by somebody else.
bool tried_elsewhere(any_lock& lock, bool shared) {
    bool taken = false;
    run_threads(1, [&](unsigned) {
        const auto other = lock.handle();
        taken = shared ? other->try_lock_shared() : other->try_lock();
        if (taken) shared ? other->unlock_shared() : other->unlock();
    });
    return taken;
}

void try_lock_knows_whether_the_lock_is_free(const lock_under_test& subject) {
    const auto lock = subject.make();
    const auto handle = lock->handle();
    for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(tried_elsewhere(*lock, false)) << "the lock was free, in round " << i;
        handle->lock();
        EXPECT_FALSE(tried_elsewhere(*lock, false)) << "the lock was held, in round " << i;
        handle->unlock();
        ASSERT_TRUE(handle->try_lock()) << "the lock was free for its last holder, in round " << i;
        EXPECT_FALSE(tried_elsewhere(*lock, false)) << "the lock was held by a try, in round " << i;
        handle->unlock();
    }
}

// One thread takes the lock for a moment, now and then, and says before and after that it does. Another one
// tries all the time: a try that fails between two such moments fails without cause.
void tries_fail_only_while_the_lock_is_held(const lock_under_test& subject) {
    const auto lock = subject.make();
    std::atomic<unsigned> moments = 0;  // odd: one is under way
    std::atomic<bool> ended = false;
    unsigned without_cause = 0;
    run_threads(2, [&](unsigned self) {
        const auto handle = lock->handle();
        if (self == 0) {
            for (time_box box(milliseconds(30)); !box.is_over();) {
                ++moments;
                if (handle->try_lock()) handle->unlock();
                ++moments;
                for (unsigned i = 0; i < 300; ++i) asm volatile("" ::: "memory");
            }
            ended = true;
            return;
        }
        while (!ended) {
            const unsigned before = moments;
            if (handle->try_lock()) {
                handle->unlock();
            } else if (before % 2 == 0 && moments == before) {
                ++without_cause;
            }
        }
    });
    EXPECT_EQ(without_cause, 0U) << "tries that failed while no other thread had the lock";
}

void try_lock_knows_readers_and_writers(const lock_under_test& subject) {
    const auto lock = subject.make();
    const auto handle = lock->handle();
    for (int i = 0; i < 20; ++i) {
        handle->lock_shared();
        if (subject.tried) {
            EXPECT_FALSE(tried_elsewhere(*lock, false)) << "a writer came to a reader";
        }
        if (subject.tried_shared) {
            EXPECT_TRUE(tried_elsewhere(*lock, true)) << "a reader kept another one out";
        }
        handle->unlock_shared();
        handle->lock();
        if (subject.tried_shared) {
            EXPECT_FALSE(tried_elsewhere(*lock, true)) << "a reader came to a writer";
        }
        handle->unlock();
        if (subject.tried) {
            EXPECT_TRUE(tried_elsewhere(*lock, false)) << "the lock was free";
        }
        if (subject.tried_shared) {
            EXPECT_TRUE(tried_elsewhere(*lock, true)) << "the lock was free";
        }
    }
}

// Each stays until all are in: a reader that keeps another one out ends the test by the watchdog.
void readers_are_together(const lock_under_test& subject) {
    constexpr unsigned readers = 4;
    const auto lock = subject.make();
    std::atomic<unsigned> inside = 0;
    run_threads(readers, [&](unsigned) {
        const auto handle = lock->handle();
        handle->lock_shared();
        ++inside;
        while (inside < readers) give_way();
        handle->unlock_shared();
    });
    EXPECT_EQ(inside, readers);
}

struct candidate {
    std::string_view name;
    bool applies;
    void (*body)(const lock_under_test& subject);
};

}  // namespace

void register_lock_tests(const lock_under_test& subject) {
    const fairness fair = subject.spec->fair;
    const bool exact = subject.spec->tries == try_failure::exact;
    const candidate candidates[] = {
        {"spec_is_sound", true, spec_is_sound},
        {"locks_alone", true, locks_alone},
        {"recursive_lock_is_taken_again", subject.spec->recursive, recursive_lock_is_taken_again},
        {"try_lock_knows_whether_the_lock_is_free", subject.tried, try_lock_knows_whether_the_lock_is_free},
        {"tries_fail_only_while_the_lock_is_held", subject.tried && exact,
         tries_fail_only_while_the_lock_is_held},
        {"try_lock_knows_readers_and_writers", subject.shared, try_lock_knows_readers_and_writers},
        {"readers_are_together", subject.shared, readers_are_together},
        {"one_thread_at_a_time", true, one_thread_at_a_time},
        {"writers_are_alone_among_readers", subject.shared, writers_are_alone_among_readers},
        {"a_hundred_threads_get_their_turns", true, a_hundred_threads_get_their_turns},
        {"no_wake_up_of_a_lock_is_lost", true, no_wake_up_of_a_lock_is_lost},
        {"waiters_enter_in_order", fair == fairness::fifo, waiters_enter_in_order},
        {"a_waiter_is_passed_over_at_most_so_often", fair == fairness::bounded_bypass,
         a_waiter_is_passed_over_at_most_so_often},
    };
    for (const candidate& test : candidates) {
        if (!test.applies) continue;
        add_test(subject.registered_name, test.name, [subject, body = test.body] { body(subject); });
    }
}

}  // namespace handoff::conformance
