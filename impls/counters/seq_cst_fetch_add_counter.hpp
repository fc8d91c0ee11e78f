// One atomic integer, one fetch_add, with the default ordering of std::atomic. On x86-64 it is the same
// `lock xadd` as the relaxed one; a difference between the two would be a fault of the measurement.
//
// Progress: wait-free where fetch_add is one instruction (x86-64, AArch64 with LSE); a load-linked loop,
// hence lock-free, on older AArch64.
#pragma once

#include <cstdint>

#include "../counter.hpp"
#include "../support/atomic.hpp"

namespace handoff {

class seq_cst_fetch_add_counter {
public:
    using handle = direct_handle<seq_cst_fetch_add_counter>;

    static constexpr counter_spec spec{
        .name = "seq_cst_fetch_add_counter",
        .cite = "std::atomic, sequentially consistent",
        .add = progress::wait_free,
        .read = progress::wait_free,
        .value = read_guarantee::exact,
    };

    void add(std::int64_t n) { value_.fetch_add(n); }
    std::int64_t read() const { return value_.load(); }

private:
    atomic<std::int64_t> value_{0};
};

}  // namespace handoff
