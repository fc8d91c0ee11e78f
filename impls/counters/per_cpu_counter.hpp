// A cell for each CPU, to which a thread adds by a restartable sequence: one plain addition, which the kernel
// calls off if the thread loses its CPU before it. The count is the sum of the cells. Memory grows with the
// CPUs, not with the threads.
//
// M. Desnoyers, "The 5-year journey to bring restartable sequences to Linux", 2019; rseq(2). The addition
// itself is in restartable.hpp. Falls back to a sharded counter for an addition that was called off, and for
// all of them where there are no restartable sequences: other processors than x86-64, a glibc before 2.35, a
// kernel or a sandbox without them. So an add is tried once and not again.
//
// Progress: add and read are wait-free.
// Read: one pass over the cells, as in sharded_counter.hpp.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "../counter.hpp"
#include "../support/atomic.hpp"
#include "../support/cache_line.hpp"
#include "../support/restartable.hpp"
#include "sharded_padded_counter.hpp"

namespace handoff {

class per_cpu_counter {
public:
    class handle {
    public:
        explicit handle(per_cpu_counter& c) : counter_(&c), called_off_(c.called_off_) {}

        void add(std::int64_t n) {
            if (!add_on_this_cpu(counter_->cells_.get(), counter_->cpus_, n)) called_off_.add(n);
        }

    private:
        per_cpu_counter* counter_;
        sharded_padded_counter::handle called_off_;
    };

    static constexpr counter_spec spec{
        .name = "per_cpu_counter",
        .cite = "restartable sequences: Desnoyers, Turner, Linux Plumbers 2015; rseq(2)",
        .add = progress::wait_free,
        .read = progress::wait_free,
        .value = read_guarantee::quiescent,
    };

    std::int64_t read() const {
        std::int64_t sum = called_off_.read();
        for (std::size_t i = 0; i < cpus_; ++i) {
            // relaxed: the cells are independent; no other data depends on them.
            sum += cells_[i].value.load(memory_order_relaxed);
        }
        return sum;
    }

private:
    struct alignas(no_false_sharing) cell {
        atomic<std::int64_t> value{0};
    };

    // A CPU that is added to a running machine has no cell: its threads fall back.
    const std::size_t cpus_ = static_cast<std::size_t>(std::max(1L, sysconf(_SC_NPROCESSORS_CONF)));
    const std::unique_ptr<cell[]> cells_ = std::make_unique<cell[]>(cpus_);
    sharded_padded_counter called_off_;
};

}  // namespace handoff
