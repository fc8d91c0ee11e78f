// Two halves of 32 bits, the lower of which carries into the upper: between the two steps a read is wrong by
// 2^32.
#pragma once

#include <atomic>
#include <cstdint>

#include "counter.hpp"

namespace handoff::conformance {

class carrying_counter {
public:
    using handle = direct_handle<carrying_counter>;
    static constexpr counter_spec spec{.name = "carrying_counter",
                                       .cite = "control",
                                       .add = progress::wait_free,
                                       .read = progress::wait_free,
                                       .value = read_guarantee::quiescent};
    void add(std::int64_t n) {
        const auto low = static_cast<std::uint32_t>(n);
        const std::uint32_t before = low_.fetch_add(low);
        const std::int64_t carry = static_cast<std::uint32_t>(before + low) < before ? 1 : 0;
        high_ += (n >> 32) + carry;
    }
    std::int64_t read() const {
        return static_cast<std::int64_t>((static_cast<std::uint64_t>(high_.load()) << 32) + low_);
    }

private:
    std::atomic<std::uint32_t> low_{0};
    std::atomic<std::int64_t> high_{0};
};

}  // namespace handoff::conformance
