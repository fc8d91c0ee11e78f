// MCS lock: the waiting threads form a list, and each spins on a word of its own, so that a release disturbs
// one waiter and no other.
//
// J. M. Mellor-Crummey and M. L. Scott, "Algorithms for scalable synchronization on shared-memory
// multiprocessors", ACM TOCS 9(1), 1991.
// Deviation: a waiter that has spun for long yields its processor.
//
// Progress: blocking; fair (first come, first served). unlock is blocking, too: if another thread has joined
// the list and not yet linked itself, it waits for the link.
//
// Memory: a node in each handle. A node is left by all others when its handle's unlock returns: the thread
// ahead has taken the link before its own unlock, and the one behind spins on its own node.
#pragma once

#include "../lock.hpp"
#include "../support/atomic.hpp"
#include "../support/cache_line.hpp"
#include "../support/spin_then_yield.hpp"

namespace handoff {

class mcs_lock {
    struct alignas(no_false_sharing) node {
        atomic<node*> next{nullptr};
        atomic<bool> waits{false};
    };

public:
    class handle {
    public:
        explicit handle(mcs_lock& lock) : tail_(&lock.tail_) {}
        handle(const handle&) = delete;
        handle& operator=(const handle&) = delete;

        void lock() noexcept {
            prepare();
            // (1) acq_rel: pairs with (1), (4), (7); where the lock is free everything written under it is
            // visible, and the thread behind, which writes into this node, finds it prepared.
            node* const ahead = tail_->exchange(&mine_, memory_order_acq_rel);
            if (ahead == nullptr) return;
            // (2) release: pairs with (5), (6); who leaves then finds the node as it was prepared.
            ahead->next.store(&mine_, memory_order_release);
            spin_then_yield wait;
            // (3) acquire: pairs with (8); everything written under the lock before is visible.
            while (mine_.waits.load(memory_order_acquire)) wait.once();
        }

        bool try_lock() noexcept {
            prepare();
            node* free = nullptr;
            // (4) acq_rel: pairs with (1), (7); as (1). relaxed: a failure has seen nothing that it uses.
            return tail_->compare_exchange_strong(free, &mine_, memory_order_acq_rel, memory_order_relaxed);
        }

        void unlock() noexcept {
            // (5) acquire: pairs with (2).
            node* behind = mine_.next.load(memory_order_acquire);
            if (behind == nullptr) {
                node* last = &mine_;
                // (7) release: pairs with (1), (4); hands over everything written under the lock.
                // relaxed: a failure only says that another thread has joined; (6) finds it.
                if (tail_->compare_exchange_strong(last, nullptr, memory_order_release, memory_order_relaxed))
                    return;
                spin_then_yield wait;
                // (6) acquire: pairs with (2).
                while ((behind = mine_.next.load(memory_order_acquire)) == nullptr) wait.once();
            }
            // (8) release: pairs with (3); hands over everything written under the lock.
            behind->waits.store(false, memory_order_release);
        }

    private:
        // No other thread knows the node before (1) or (4) shows it.
        void prepare() noexcept {
            mine_.next.store(nullptr, memory_order_relaxed);  // relaxed: (1) and (4) publish it
            mine_.waits.store(true, memory_order_relaxed);    // relaxed: (1) and (4) publish it
        }

        atomic<node*>* tail_;
        node mine_;
    };

    static constexpr lock_spec spec{
        .name = "mcs_lock",
        .cite = "Mellor-Crummey, Scott, TOCS 9(1), 1991",
        .unlock = progress::blocking,
        .fair = fairness::fifo,
    };

    mcs_lock() = default;
    mcs_lock(const mcs_lock&) = delete;
    mcs_lock& operator=(const mcs_lock&) = delete;

private:
    atomic<node*> tail_{nullptr};
};

}  // namespace handoff
