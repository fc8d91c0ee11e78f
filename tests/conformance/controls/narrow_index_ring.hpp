// Indices of 16 bits that run on, and slot = index % capacity: wrong where an index wraps, if the capacity is
// no power of two. After https://github.com/eclipse-iceoryx/iceoryx2/issues/986.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "control_spec.hpp"

namespace handoff::conformance {

template <only_numbers T>
class narrow_index_ring {
public:
    using value_type = T;
    using producer = direct_producer<narrow_index_ring>;
    using consumer = direct_consumer<narrow_index_ring>;
    static constexpr queue_spec spec = ring_control("narrow_index_ring");

    explicit narrow_index_ring(std::size_t capacity) : slots_(capacity) {}
    std::size_t capacity() const { return slots_.size(); }
    bool try_push(T&& value) {
        const std::uint16_t tail = tail_;
        if (static_cast<std::uint16_t>(tail - head_) >= slots_.size()) return false;
        slots_[tail % slots_.size()] = value;
        tail_ = static_cast<std::uint16_t>(tail + 1);
        return true;
    }
    bool try_pop(T& value) {
        const std::uint16_t head = head_;
        if (head == tail_) return false;
        value = slots_[head % slots_.size()];
        head_ = static_cast<std::uint16_t>(head + 1);
        return true;
    }

private:
    std::vector<T> slots_;
    std::atomic<std::uint16_t> head_{0};
    std::atomic<std::uint16_t> tail_{0};
};

}  // namespace handoff::conformance
