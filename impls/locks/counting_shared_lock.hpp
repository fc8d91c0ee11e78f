// A reader-writer lock in one word: a bit for the writer and a count of the readers. Readers come first; a
// writer may wait for ever while they keep coming.
//
// J. M. Mellor-Crummey and M. L. Scott, "Scalable reader-writer synchronization for shared-memory
// multiprocessors", PPoPP 1991: the simple reader-preference lock.
// Deviation: a waiter that has spun for long yields its processor.
//
// The known weakness: each reader writes the word, so that readers that share data do not share its line.
//
// Progress: blocking, and not fair. Both unlocks are wait-free where an atomic addition is one instruction.
#pragma once

#include <cstdint>

#include "../lock.hpp"
#include "../support/atomic.hpp"
#include "../support/spin_then_yield.hpp"

namespace handoff {

class counting_shared_lock {
public:
    using handle = direct_lock_handle<counting_shared_lock>;

    static constexpr lock_spec spec{
        .name = "counting_shared_lock",
        .cite = "Mellor-Crummey, Scott, PPoPP 1991, simple reader preference",
        .unlock = progress::wait_free,
        .fair = fairness::none,
    };

    counting_shared_lock() = default;
    counting_shared_lock(const counting_shared_lock&) = delete;
    counting_shared_lock& operator=(const counting_shared_lock&) = delete;

    void lock() noexcept {
        spin_then_yield wait;
        while (!try_lock()) {
            // relaxed: only waits for a good moment; the exchange at (1) takes the lock.
            while (word_.load(memory_order_relaxed) != 0) wait.once();
        }
    }

    bool try_lock() noexcept {
        std::uint32_t seen = 0;
        // (1) acquire: pairs with (2), (5); everything done under the lock before is over and visible.
        // relaxed: a failure has taken nothing.
        return word_.compare_exchange_strong(seen, writer, memory_order_acquire, memory_order_relaxed);
    }

    void unlock() noexcept {
        // (2) release: pairs with (1), (3), (4), (6); hands over everything written under the lock. A
        // subtraction, because readers that wait are counted already.
        word_.fetch_sub(writer, memory_order_release);
    }

    void lock_shared() noexcept {
        // (3) acquire: pairs with (2); everything written under the lock before is visible.
        if ((word_.fetch_add(reader, memory_order_acquire) & writer) == 0) return;
        spin_then_yield wait;
        // (6) acquire: pairs with (2); as (3). The writer leaves, and no other can come: this reader is
        // counted.
        while ((word_.load(memory_order_acquire) & writer) != 0) wait.once();
    }

    bool try_lock_shared() noexcept {
        // relaxed: a guess, which the exchange checks.
        std::uint32_t seen = word_.load(memory_order_relaxed);
        while ((seen & writer) == 0) {
            // (4) acquire: pairs with (2). relaxed: a failure refreshes the guess.
            if (word_.compare_exchange_weak(seen, seen + reader, memory_order_acquire, memory_order_relaxed))
                return true;
        }
        return false;
    }

    void unlock_shared() noexcept {
        // (5) release: pairs with (1); the reads under the lock are over before a writer comes.
        word_.fetch_sub(reader, memory_order_release);
    }

private:
    static constexpr std::uint32_t writer = 1;
    static constexpr std::uint32_t reader = 2;

    atomic<std::uint32_t> word_{0};
};

}  // namespace handoff
