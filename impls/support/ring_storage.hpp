// A plain circular buffer of raw slots, for queues whose exclusion comes from a lock. Not thread-safe.
// And the one rule by which rings of a power-of-two size choose that size.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "atomic.hpp"
#include "slot_storage.hpp"

namespace handoff {

// The least power of two that is at least `capacity` and at least `least`.
inline std::size_t power_of_two_slots(std::size_t capacity, std::size_t least) {
    constexpr std::size_t most = std::numeric_limits<std::size_t>::max() / 2 + 1;
    if (capacity > most)
        throw std::length_error("ring capacity " + std::to_string(capacity) + ": at most " +
                                std::to_string(most));
    return std::bit_ceil(std::max(capacity, least));
}

// Invariant: the size_ items from slot head_ on, counted round the ring, are alive; all other slots are raw.
template <class T>
class ring_storage : public slot_storage<T> {
public:
    explicit ring_storage(std::size_t capacity) : slot_storage<T>(capacity) {}

    ~ring_storage() {
        while (size_ > 0) drop_front();
    }

    // Requires !full(). If the move throws, nothing has changed.
    void push(T&& value) {
        std::construct_at(slots_ + tail_, std::move(value));
        tail_ = after(tail_);
        ++size_;
    }

    // Requires !empty(). If the move throws, the item stays.
    void pop(T& value) {
        value = std::move(slots_[head_]);
        drop_front();
    }

private:
    using slot_storage<T>::capacity_;
    using slot_storage<T>::size_;
    using slot_storage<T>::slots_;

    std::size_t after(std::size_t i) const { return i + 1 == capacity_ ? 0 : i + 1; }

    void drop_front() {
        std::destroy_at(slots_ + head_);
        head_ = after(head_);
        --size_;
    }

    plain<std::size_t> head_ = 0;
    plain<std::size_t> tail_ = 0;
};

}  // namespace handoff
