// A ring that keeps one slot free, and so asks for capacity + 1 of them: for the largest capacity that is 0.
#pragma once

#include <atomic>
#include <vector>

#include "control_spec.hpp"

namespace handoff::conformance {

template <only_numbers T>
class one_slot_more_ring {
public:
    using value_type = T;
    using producer = direct_producer<one_slot_more_ring>;
    using consumer = direct_consumer<one_slot_more_ring>;
    static constexpr queue_spec spec = ring_control("one_slot_more_ring");

    explicit one_slot_more_ring(std::size_t capacity) : capacity_(capacity), slots_(capacity + 1) {}
    std::size_t capacity() const { return capacity_; }
    bool try_push(T&& value) {
        const std::size_t tail = tail_;
        if (slots_.empty() || after(tail) == head_) return false;
        slots_[tail] = value;
        tail_ = after(tail);
        return true;
    }
    bool try_pop(T& value) {
        const std::size_t head = head_;
        if (head == tail_) return false;
        value = slots_[head];
        head_ = after(head);
        return true;
    }

private:
    std::size_t after(std::size_t i) const { return (i + 1) % slots_.size(); }

    const std::size_t capacity_;
    std::vector<T> slots_;
    std::atomic<std::size_t> head_{0};
    std::atomic<std::size_t> tail_{0};
};

}  // namespace handoff::conformance
