// A mask of 16 bits: asked for more than 65,536 items it holds fewer than it says.
// After https://github.com/rigtorp/SPSCQueue/issues/49.
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>
#include <vector>

#include "control_spec.hpp"

namespace handoff::conformance {

template <only_numbers T>
class narrow_mask_ring {
public:
    using value_type = T;
    using producer = direct_producer<narrow_mask_ring>;
    using consumer = direct_consumer<narrow_mask_ring>;
    static constexpr queue_spec spec = ring_control("narrow_mask_ring");

    explicit narrow_mask_ring(std::size_t capacity)
        : slots_(std::bit_ceil(capacity)), mask_(static_cast<std::uint16_t>(slots_.size() - 1)) {}
    std::size_t capacity() const { return slots_.size(); }
    bool try_push(T&& value) {
        const std::size_t tail = tail_;
        if (tail - head_ > mask_) return false;
        slots_[tail & mask_] = value;
        tail_ = tail + 1;
        return true;
    }
    bool try_pop(T& value) {
        const std::size_t head = head_;
        if (head == tail_) return false;
        value = slots_[head & mask_];
        head_ = head + 1;
        return true;
    }

private:
    std::vector<T> slots_;
    const std::uint16_t mask_;
    std::atomic<std::size_t> head_{0};
    std::atomic<std::size_t> tail_{0};
};

}  // namespace handoff::conformance
