// What the sharded counters share: the count is the sum of some cells, and each handle adds to one of them.
// The alignment of a cell is the only thing in which they differ, so the difference between their figures
// is false sharing.
//
// Progress: add and read are wait-free where fetch_add is one instruction (see
// relaxed_fetch_add_counter.hpp).
// Read: one pass over the cells. Additions that happen meanwhile may be seen or not, a later one without an
// earlier one; a thread that reads twice while only positive numbers are added never sees the count go
// back.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "../support/atomic.hpp"
#include "../support/cache_line.hpp"

namespace handoff {

template <std::size_t cell_alignment>
class sharded_counter {
    struct alignas(cell_alignment) cell {
        atomic<std::int64_t> value{0};
    };

public:
    class handle {
    public:
        explicit handle(sharded_counter& c) : cell_(&c.next_cell()) {}

        void add(std::int64_t n) {
            // fetch_add although mostly one thread alone writes the cell: two handles may share it.
            // relaxed: no other data depends on the value.
            cell_->value.fetch_add(n, memory_order_relaxed);
        }

    private:
        cell* cell_;
    };

    std::int64_t read() const {
        std::int64_t sum = 0;
        for (const cell& c : cells_) {
            // relaxed: the cells are independent; no other data depends on them.
            sum += c.value.load(memory_order_relaxed);
        }
        return sum;
    }

private:
    // Twice the eight threads of the largest counter case, so that neighbours in time never share a cell
    // there, and a read still costs no more than 16 lines.
    static constexpr std::size_t shards = 16;

    cell& next_cell() {
        // relaxed: only the number matters.
        return cells_[next_.fetch_add(1, memory_order_relaxed) % shards];
    }

    alignas(no_false_sharing) std::array<cell, shards> cells_{};
    alignas(no_false_sharing) atomic<std::size_t> next_{0};  // written when a handle is made, never by add
};

}  // namespace handoff
