// Slots in memory of operator new without an alignment: enough for 16, no more.
// After https://github.com/boostorg/lockfree/issues/52.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

#include "control_spec.hpp"

namespace handoff::conformance {

template <class T>
concept numbers_somewhere =
    only_numbers<T> || std::is_same_v<T, aligned<64>> || std::is_same_v<T, aligned<128>>;

template <numbers_somewhere T>
class unaligned_ring {
public:
    using value_type = T;
    using producer = direct_producer<unaligned_ring>;
    using consumer = direct_consumer<unaligned_ring>;
    static constexpr queue_spec spec = ring_control("unaligned_ring");

    explicit unaligned_ring(std::size_t capacity)
        : capacity_(capacity), bytes_(new std::byte[capacity * sizeof(T) + offset]) {}
    std::size_t capacity() const { return capacity_; }
    bool try_push(T&& value) {
        const std::size_t tail = tail_;
        if (tail - head_ == capacity_) return false;
        ::new (static_cast<void*>(slot(tail))) T(std::move(value));
        tail_ = tail + 1;
        return true;
    }
    bool try_pop(T& value) {
        const std::size_t head = head_;
        if (head == tail_) return false;
        T& item = *std::launder(reinterpret_cast<T*>(slot(head)));
        value = std::move(item);
        item.~T();
        head_ = head + 1;
        return true;
    }

private:
    static constexpr std::size_t offset = 16;

    std::byte* slot(std::size_t index) { return bytes_.get() + offset + index % capacity_ * sizeof(T); }

    const std::size_t capacity_;
    const std::unique_ptr<std::byte[]> bytes_;
    std::atomic<std::size_t> head_{0};
    std::atomic<std::size_t> tail_{0};
};

}  // namespace handoff::conformance
