// Locks that are watched: a ring is seen, told by name, and left by one of its threads; what is no ring is
// not.
#include "workloads/lock_watch.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <thread>
#include <vector>

#include "harness/machine/errors.hpp"

namespace handoff {
namespace {

// As many threads as locks; each takes its own, and, when all have theirs, the next one's. Returns how many
// were called off.
int wait_in_a_ring(lock_watch& watch, const std::vector<std::string>& threads,
                   std::vector<watched_mutex*> locks) {
    std::latch all_have_one(static_cast<std::ptrdiff_t>(threads.size()));
    std::atomic<int> off = 0;
    {
        std::vector<std::jthread> team;
        for (std::size_t i = 0; i < threads.size(); ++i)
            team.emplace_back([&, i] {
                watch.name_this_thread(threads[i]);
                const std::lock_guard own(*locks[i]);
                all_have_one.arrive_and_wait();
                try {
                    const std::lock_guard next(*locks[(i + 1) % locks.size()]);
                } catch (const called_off&) {
                    ++off;
                }
            });
    }
    return off;
}

TEST(lock_watch_test, two_threads_and_their_locks_are_named_and_one_of_the_two_goes_on) {
    lock_watch watch;
    watched_mutex left(watch, "left");
    watched_mutex right(watch, "right");
    EXPECT_EQ(wait_in_a_ring(watch, {"ann", "bob"}, {&left, &right}), 1);
    const std::vector<lock_ring> rings = watch.rings();
    ASSERT_EQ(rings.size(), 1U);
    const std::string told = text(rings[0]);
    EXPECT_NE(told.find("thread 'ann' holds 'left' and waits for 'right'"), std::string::npos) << told;
    EXPECT_NE(told.find("thread 'bob' holds 'right' and waits for 'left'"), std::string::npos) << told;
}

TEST(lock_watch_test, a_ring_of_three_is_one_ring_and_one_of_them_is_called_off) {
    lock_watch watch;
    watched_mutex a(watch, "a");
    watched_mutex b(watch, "b");
    watched_mutex c(watch, "c");
    EXPECT_EQ(wait_in_a_ring(watch, {"x", "y", "z"}, {&a, &b, &c}), 1);
    const std::vector<lock_ring> rings = watch.rings();
    ASSERT_EQ(rings.size(), 1U);
    EXPECT_EQ(rings[0].size(), 3U) << text(rings[0]);
    EXPECT_NE(text(rings[0]).find("thread 'z' holds 'c' and waits for 'a'"), std::string::npos)
        << text(rings[0]);
}

TEST(lock_watch_test, a_thread_that_waits_for_its_own_lock_is_told_so) {
    lock_watch watch;
    watched_mutex lock(watch, "lock");
    watch.name_this_thread("me");
    const std::lock_guard once(lock);
    EXPECT_THROW(lock.lock(), called_off);
    ASSERT_EQ(watch.rings().size(), 1U);
    EXPECT_EQ(text(watch.rings()[0]), "thread 'me' holds 'lock' and waits for 'lock'");
}

TEST(lock_watch_test, who_only_waits_for_a_busy_lock_gets_it) {
    lock_watch watch;
    watched_mutex lock(watch, "lock");
    watch.name_this_thread("first");
    std::atomic<bool> had = false;
    lock.lock();
    {
        const std::jthread second([&] {
            watch.name_this_thread("second");
            EXPECT_FALSE(lock.try_lock());
            const std::lock_guard waited(lock);
            had = true;
        });
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        EXPECT_FALSE(had);
        lock.unlock();
    }
    EXPECT_TRUE(had);
    EXPECT_TRUE(watch.rings().empty());
}

TEST(lock_watch_test, a_thread_without_a_name_is_refused) {
    lock_watch watch;
    watched_mutex lock(watch, "lock");
    EXPECT_THROW(lock.lock(), misuse);
    EXPECT_THROW(lock.try_lock(), misuse);
}

}  // namespace
}  // namespace handoff
