// A stack of raw slots, for queues whose exclusion comes from a lock. Not thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "slot_storage.hpp"

namespace handoff {

// Invariant: the first size_ slots are alive, the latest item in the last of them; all other slots are raw.
template <class T>
class stack_storage : public slot_storage<T> {
public:
    explicit stack_storage(std::size_t capacity) : slot_storage<T>(capacity) {}

    ~stack_storage() {
        while (size_ > 0) drop();
    }

    // Requires !full(). If the move throws, nothing has changed.
    void push(T&& value) {
        std::construct_at(slots_ + size_, std::move(value));
        ++size_;
    }

    // Requires !empty(). If the move throws, the item stays.
    void pop(T& value) {
        value = std::move(*top());
        drop();
    }

private:
    using slot_storage<T>::size_;
    using slot_storage<T>::slots_;

    T* top() const { return slots_ + size_ - 1; }

    void drop() {
        std::destroy_at(top());
        --size_;
    }
};

}  // namespace handoff
