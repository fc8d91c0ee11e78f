// A futex eventcount: sleep until somebody may have changed what was found unchanged, without a lock and
// without a system call where no thread sleeps. The idea is Vyukov's and folly's (EventCount); the code is
// ours.
#pragma once

#include <cstdint>
#include <optional>

#include "atomic.hpp"
#include "cache_line.hpp"
#include "futex.hpp"

namespace handoff {

class eventcount {
public:
    eventcount() = default;
    // For a test that wants to see the epoch come round, after 2^32 wake-ups.
    explicit eventcount(std::uint32_t first_epoch) : epoch_(first_epoch) {}

    // Call after making a change that a sleeper may wait for.
    void notify_one() { notify(1); }
    void notify_all() { notify(all); }

    // Announces a sleeper, who must retract it when he has slept or needs not. In between he must look again:
    // either the look sees the change, or the changer sees the sleeper (both sides have a full fence between
    // their write and their read), so no wake-up is lost. Returns what to sleep on.
    std::uint32_t announce() {
        sleepers_.fetch_add(1);
        // Pairs with the fence in notify.
        handoff::atomic_thread_fence(memory_order_seq_cst);
        return epoch_.load();
    }
    void retract() { sleepers_.fetch_sub(1); }

    // Sleeps until a notification that came after the announcement, or the timeout. May return early. Epochs
    // are only ever compared for equality, since they wrap: a sleeper would have to lie between his
    // announcement and his sleep for just 2^32 wake-ups, or a multiple, to take a later epoch for his own.
    // Not inlined, nor is wake: what does not sleep is to stay small.
    [[gnu::noinline]] void sleep(std::uint32_t announced,
                                 std::optional<std::int64_t> timeout_ns = std::nullopt) {
        // Returns at once if the epoch has moved since the announcement.
        futex_wait(epoch_, announced, timeout_ns);
    }

private:
    static constexpr int all = 0x7fffffff;

    void notify(int how_many) {
        handoff::atomic_thread_fence(memory_order_seq_cst);
        // relaxed: the fence orders it after the caller's change.
        if (sleepers_.load(memory_order_relaxed) != 0) wake(how_many);
    }
    [[gnu::noinline]] void wake(int how_many) {
        epoch_.fetch_add(1);
        futex_wake(epoch_, how_many);
    }

    alignas(no_false_sharing) atomic<std::uint32_t> epoch_{0};
    alignas(no_false_sharing) atomic<std::uint32_t> sleepers_{0};
};

}  // namespace handoff
