// Raw slots for the items of a queue whose exclusion comes from a lock: what ring_storage and stack_storage
// have in common. Not thread-safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>

#include "atomic.hpp"

namespace handoff {

// Invariant: size_ slots hold an item, which ones the derived class knows; it destroys them, too.
template <class T>
class slot_storage {
public:
    slot_storage(const slot_storage&) = delete;
    slot_storage& operator=(const slot_storage&) = delete;

    std::size_t capacity() const { return capacity_; }
    bool empty() const { return size_ == 0; }
    bool full() const { return size_ == capacity_; }

protected:
    // Holds at least one item, so that a capacity of 0 is no special case.
    explicit slot_storage(std::size_t capacity)
        : capacity_(std::max<std::size_t>(capacity, 1)), slots_(std::allocator<T>{}.allocate(capacity_)) {}
    ~slot_storage() { std::allocator<T>{}.deallocate(slots_, capacity_); }

    const std::size_t capacity_;
    T* const slots_;
    plain<std::size_t> size_ = 0;
};

}  // namespace handoff
