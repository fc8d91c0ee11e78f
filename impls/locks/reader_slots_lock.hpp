// What a reader-writer lock with many counts of readers is made of: a reader writes only the slot of its
// handle, so that readers do not disturb one another; a writer looks at all slots. For data that is read far
// more often than it is written.
//
// The "big reader lock" of Linux 2.4 (brlock; I. Molnar, D. S. Miller), with a slot per handle instead of one
// per CPU; W. C. Hsieh and W. E. Weihl, "Scalable reader-writer locks for parallel systems", IPPS 1992.
//
// Writers come first: as soon as one has raised its flag new readers wait. Readers may wait for ever while
// writers keep coming.
//
// Progress: blocking, and not fair. Both unlocks are wait-free where an atomic addition is one instruction. A
// try may fail because of another one under way, which raises the flag or counts in a slot and takes it back.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "../support/atomic.hpp"
#include "../support/cache_line.hpp"
#include "../support/spin_then_yield.hpp"
#include "ttas_lock.hpp"

namespace handoff {

template <std::size_t slots>
class reader_slots_lock {
    struct alignas(no_false_sharing) slot {
        atomic<std::uint32_t> readers{0};
    };

public:
    class handle {
    public:
        explicit handle(reader_slots_lock& lock) : lock_(&lock), mine_(&lock.next_slot().readers) {}

        void lock() noexcept {
            lock_->writers_.lock();
            // (1) seq_cst: pairs with (4); of a flag raised and a reader counted, (2) or (4) sees the other.
            lock_->writing_.store(true);
            for (slot& one : lock_->slots_) {
                spin_then_yield wait;
                // (2) seq_cst: pairs with (3), (5); as (1), and the reads of those who have left are over.
                while (one.readers.load() != 0) wait.once();
            }
        }

        bool try_lock() noexcept {
            if (!lock_->writers_.try_lock()) return false;
            lock_->writing_.store(true);  // (1)
            for (slot& one : lock_->slots_) {
                if (one.readers.load() != 0) {  // (2)
                    unlock();
                    return false;
                }
            }
            return true;
        }

        void unlock() noexcept {
            // (6) release: pairs with (4); hands over everything written under the lock.
            lock_->writing_.store(false, memory_order_release);
            lock_->writers_.unlock();
        }

        void lock_shared() noexcept {
            spin_then_yield wait;
            while (!try_lock_shared()) {
                // relaxed: only waits for a good moment; (4) decides.
                while (lock_->writing_.load(memory_order_relaxed)) wait.once();
            }
        }

        bool try_lock_shared() noexcept {
            // (3) seq_cst: pairs with (2); as (1).
            mine_->fetch_add(1);
            // (4) seq_cst: pairs with (1), (6); as (1), and what was written under the lock is visible.
            if (!lock_->writing_.load()) return true;
            unlock_shared();
            return false;
        }

        void unlock_shared() noexcept {
            // (5) release: pairs with (2); the reads under the lock are over before a writer comes.
            mine_->fetch_sub(1, memory_order_release);
        }

    private:
        reader_slots_lock* lock_;
        atomic<std::uint32_t>* mine_;
    };

    reader_slots_lock() = default;
    reader_slots_lock(const reader_slots_lock&) = delete;
    reader_slots_lock& operator=(const reader_slots_lock&) = delete;

private:
    slot& next_slot() {
        // relaxed: only the number matters.
        return slots_[next_.fetch_add(1, memory_order_relaxed) % slots];
    }

    std::array<slot, slots> slots_{};
    alignas(no_false_sharing) atomic<bool> writing_{false};
    ttas_lock writers_;                                      // of which one at a time raises the flag
    alignas(no_false_sharing) atomic<std::size_t> next_{0};  // written when a handle is made
};

}  // namespace handoff
