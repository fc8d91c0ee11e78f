// CLH lock: the waiting threads form a list without links, in which each spins on the node of the one ahead
// and takes that node over for its next turn.
//
// T. S. Craig, "Building FIFO and priority-queueing spin locks from atomic swap", University of Washington,
// TR 93-02-02, 1993; P. Magnusson, A. Landin and E. Hagersten, "Queue locks on cache coherent
// multiprocessors", IPPS 1994.
// Deviation: a waiter that has spun for long yields its processor.
//
// Progress: blocking; fair (first come, first served). unlock is wait-free. No try_lock: a node comes back to
// the tail by another thread, so a compare-and-swap there could take an old tail for the present one (ABA).
//
// Memory: as many nodes as handles and one more, each on a line of its own. Who leaves gives its node to the
// one behind and takes the node of the one ahead, on which nobody looks any more; so every handle owns one at
// each time, and the lock the last.
#pragma once

#include <memory>
#include <utility>

#include "../lock.hpp"
#include "../support/atomic.hpp"
#include "../support/cache_line.hpp"
#include "../support/spin_then_yield.hpp"

namespace handoff {

class clh_lock {
    struct alignas(no_false_sharing) node {
        atomic<bool> held{false};
    };

public:
    class handle {
    public:
        explicit handle(clh_lock& lock) : tail_(&lock.tail_), mine_(std::make_unique<node>()) {}
        handle(const handle&) = delete;
        handle& operator=(const handle&) = delete;

        void lock() noexcept {
            // relaxed: no other thread looks at the node before (1) shows it.
            mine_->held.store(true, memory_order_relaxed);
            // (1) acq_rel: pairs with (1); the thread behind finds this node held, as this one does the node
            // of the thread ahead.
            ahead_.reset(tail_->exchange(mine_.get(), memory_order_acq_rel));
            spin_then_yield wait;
            // (2) acquire: pairs with (3); everything written under the lock before is visible.
            while (ahead_->held.load(memory_order_acquire)) wait.once();
        }

        void unlock() noexcept {
            node* const left = mine_.release();
            mine_ = std::move(ahead_);
            // (3) release: pairs with (2); hands over everything written under the lock. From here on the
            // node belongs to the thread behind or, if there is none, to the lock.
            left->held.store(false, memory_order_release);
        }

    private:
        atomic<node*>* tail_;
        std::unique_ptr<node> mine_;
        std::unique_ptr<node> ahead_;  // while this handle has the lock or waits for it
    };

    static constexpr lock_spec spec{
        .name = "clh_lock",
        .cite = "Craig, TR 93-02-02, 1993; Magnusson, Landin, Hagersten, IPPS 1994",
        .unlock = progress::wait_free,
        .fair = fairness::fifo,
    };

    clh_lock() = default;
    clh_lock(const clh_lock&) = delete;
    clh_lock& operator=(const clh_lock&) = delete;
    // relaxed: all handles are gone, and with them their threads.
    ~clh_lock() { delete tail_.load(memory_order_relaxed); }

private:
    atomic<node*> tail_{new node};
};

}  // namespace handoff
