// tbb::enumerable_thread_specific: one cell per thread, found once when the handle is made. The library
// pads every cell to 128 bytes.
//
// The cell is an atomic, not the plain integer of the library's examples: reading that while its thread
// writes is a data race. The library's iteration may also meet a cell that is still being made; so making
// cells is serialised by a lock and finished cells are counted, and a read visits that many. Neither
// touches the path of an add.
//
// Progress: add and read are wait-free; making a handle is blocking.
// Read: as in sharded_counter.hpp.
#pragma once

#include <tbb/enumerable_thread_specific.h>

#include <cstddef>
#include <cstdint>
#include <mutex>

#include "../counter.hpp"
#include "../support/atomic.hpp"

namespace handoff {

class tbb_thread_specific_counter {
    using cell = atomic<std::int64_t>;

public:
    class handle {
    public:
        explicit handle(tbb_thread_specific_counter& c) : cell_(&c.own_cell()) {}

        void add(std::int64_t n) {
            // relaxed: only the thread that made the handle writes its cell.
            const std::int64_t seen = cell_->load(memory_order_relaxed);
            // relaxed: no other data depends on the value.
            cell_->store(seen + n, memory_order_relaxed);
        }

    private:
        cell* cell_;
    };

    static constexpr counter_spec spec{
        .name = "tbb_thread_specific_counter",
        .cite = "tbb::enumerable_thread_specific, oneTBB",
        .add = progress::wait_free,
        .read = progress::wait_free,
        .value = read_guarantee::quiescent,
    };

    std::int64_t read() const {
        // (1) acquire: pairs with (2); the first `ready` cells are complete.
        const std::size_t ready = ready_.load(memory_order_acquire);
        std::int64_t sum = 0;
        auto it = cells_.begin();
        for (std::size_t i = 0; i < ready; ++i, ++it) {
            // relaxed: the cells are independent; no other data depends on them.
            sum += it->load(memory_order_relaxed);
        }
        return sum;
    }

private:
    cell& own_cell() {
        const std::lock_guard hold(making_);
        bool existed = false;
        cell& own = cells_.local(existed);
        if (!existed) {
            // relaxed: written under the lock only.
            const std::size_t ready = ready_.load(memory_order_relaxed);
            // (2) release: pairs with (1); publishes the new cell.
            ready_.store(ready + 1, memory_order_release);
        }
        return own;
    }

    tbb::enumerable_thread_specific<cell> cells_;
    std::mutex making_;             // held while a cell is made
    atomic<std::size_t> ready_{0};  // cells that are complete; they are made in the order of the iteration
};

}  // namespace handoff
