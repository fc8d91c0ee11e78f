// A mutex over Linux's futex: one word, no system call while nobody waits.
//
// U. Drepper, "Futexes are tricky", 2011, mutex 3 (section 6).
// Deviation: unlock is one exchange instead of a decrement and a store.
//
// Progress: blocking; a waiting thread sleeps in the kernel. Not fair: a thread that is awake takes the lock
// before the one that was woken. unlock is wait-free, but for the system call that wakes.
#pragma once

#include <cstdint>
#include <optional>

#include "../lock.hpp"
#include "../support/atomic.hpp"
#include "../support/futex.hpp"

namespace handoff {

class futex_mutex {
public:
    using handle = direct_lock_handle<futex_mutex>;

    static constexpr lock_spec spec{
        .name = "futex_mutex",
        .cite = "Drepper, Futexes are tricky, 2011, mutex 3",
        .unlock = progress::wait_free,
        .fair = fairness::none,
        .may_block = true,
    };

    futex_mutex() = default;
    futex_mutex(const futex_mutex&) = delete;
    futex_mutex& operator=(const futex_mutex&) = delete;

    void lock() noexcept {
        if (try_lock()) return;
        // (1) acquire: pairs with (3); everything written under the lock before is visible. A thread that
        // takes the lock here marks it contended, for it cannot know whether others sleep.
        while (word_.exchange(contended, memory_order_acquire) != free)
            futex_wait(word_, contended, std::nullopt);
    }

    bool try_lock() noexcept {
        std::uint32_t seen = free;
        // (2) acquire: pairs with (3); everything written under the lock before is visible.
        // relaxed: a failure has taken nothing.
        return word_.compare_exchange_strong(seen, held, memory_order_acquire, memory_order_relaxed);
    }

    // relaxed: a hint for who would rather spin; only the calls above take the lock.
    bool looks_free() const noexcept { return word_.load(memory_order_relaxed) == free; }

    void unlock() noexcept {
        // (3) release: pairs with (1), (2); hands over everything written under the lock.
        if (word_.exchange(free, memory_order_release) == contended) futex_wake(word_, 1);
    }

private:
    static constexpr std::uint32_t free = 0;
    static constexpr std::uint32_t held = 1;       // and nobody sleeps
    static constexpr std::uint32_t contended = 2;  // held, and somebody may sleep

    atomic<std::uint32_t> word_{free};
};

}  // namespace handoff
