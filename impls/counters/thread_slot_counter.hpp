// A cell for each handle, which that handle alone writes: an add is a plain store, no read-modify-write. The
// count is the sum of the cells.
//
// P. E. McKenney, "Is Parallel Programming Hard, And, If So, What Can You Do About It?", chapter "Counting",
// section "Per-thread-variable-based implementation".
// Deviations: a cell belongs to a handle and not to a thread; a handle that goes leaves its cell, with what
// it has counted, to a later handle, so that there are never more cells than there were handles at a time.
//
// Progress: add and read are wait-free. Making a handle is blocking, and so is its end: both take a lock.
// Read: one pass over the cells, as in sharded_counter.hpp. It is not exact, not even where all add one: two
// threads that each add and then read may both miss the other's add, since a store may still be under way to
// memory while the thread's later loads are done (store buffering). A full fence in each add would mend that,
// at the cost of the read-modify-write that this counter is without.
//
// Memory: cells are freed with the counter. No ABA: the list of cells only grows, under the lock.
#pragma once

#include <cstdint>
#include <mutex>

#include "../counter.hpp"
#include "../support/atomic.hpp"
#include "../support/cache_line.hpp"
#include "../support/mutex.hpp"

namespace handoff {

class thread_slot_counter {
    struct alignas(no_false_sharing) cell {
        atomic<std::int64_t> value{0};
        plain<cell*> older{nullptr};  // written before the cell is published
        plain<bool> in_use{true};     // under the lock
    };

public:
    class handle {
    public:
        explicit handle(thread_slot_counter& c) : counter_(&c), cell_(&c.take_cell()) {}
        handle(const handle&) = delete;
        handle& operator=(const handle&) = delete;
        ~handle() { counter_->give_back(*cell_); }

        void add(std::int64_t n) {
            // relaxed: only this handle writes its cell.
            const std::int64_t seen = cell_->value.load(memory_order_relaxed);
            // relaxed: no other data depends on the value.
            cell_->value.store(seen + n, memory_order_relaxed);
        }

    private:
        thread_slot_counter* counter_;
        cell* cell_;
    };

    static constexpr counter_spec spec{
        .name = "thread_slot_counter",
        .cite = "per-thread counter: McKenney, Is Parallel Programming Hard, chapter Counting",
        .add = progress::wait_free,
        .read = progress::wait_free,
        .value = read_guarantee::quiescent,
    };

    thread_slot_counter() = default;
    thread_slot_counter(const thread_slot_counter&) = delete;
    thread_slot_counter& operator=(const thread_slot_counter&) = delete;

    ~thread_slot_counter() {
        // relaxed: no other thread is left.
        for (cell* c = newest_.load(memory_order_relaxed); c != nullptr;) {
            cell* const older = c->older;
            delete c;
            c = older;
        }
    }

    std::int64_t read() const {
        std::int64_t sum = 0;
        // (1) acquire: pairs with (2); the cell is complete, and so are the older ones.
        for (const cell* c = newest_.load(memory_order_acquire); c != nullptr; c = c->older) {
            // relaxed: the cells are independent; no other data depends on them.
            sum += c->value.load(memory_order_relaxed);
        }
        return sum;
    }

private:
    // The lock orders the last add of a handle before the first add of the next one to its cell.
    cell& take_cell() {
        const std::lock_guard hold(lock_);
        // relaxed: written under the lock only.
        cell* const newest = newest_.load(memory_order_relaxed);
        for (cell* c = newest; c != nullptr; c = c->older) {
            if (c->in_use) continue;
            c->in_use = true;
            return *c;
        }
        cell* const own = new cell;
        own->older = newest;
        // (2) release: pairs with (1); publishes the cell.
        newest_.store(own, memory_order_release);
        return *own;
    }

    void give_back(cell& own) {
        const std::lock_guard hold(lock_);
        own.in_use = false;
    }

    alignas(no_false_sharing) atomic<cell*> newest_{nullptr};
    alignas(no_false_sharing) mutex lock_;
};

}  // namespace handoff
