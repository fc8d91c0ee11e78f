// A bounded ring under one lock: the base of the rings that differ only in their lock.
//
// Progress: blocking, both operations: a thread that is preempted inside keeps all others out.
//
// Memory: one allocation for the ring's life; no reclamation and no ABA, since the lock excludes.
#pragma once

#include <cstddef>
#include <mutex>
#include <utility>

#include "../queue.hpp"
#include "../support/cache_line.hpp"
#include "../support/ring_storage.hpp"

namespace handoff {

template <class T, class Lock>
class locked_ring {
public:
    using value_type = T;

    explicit locked_ring(std::size_t capacity) : items_(capacity) {}

    std::size_t capacity() const { return items_.capacity(); }

    // LP(try_push): any instant under the lock.
    bool try_push(T&& value) {
        const std::lock_guard guard(lock_);
        if (items_.full()) return false;
        items_.push(std::move(value));
        return true;
    }

    // LP(try_pop): any instant under the lock.
    bool try_pop(T& value) {
        const std::lock_guard guard(lock_);
        if (items_.empty()) return false;
        items_.pop(value);
        return true;
    }

private:
    // Apart: waiters that read the lock's line would slow the holder's writes to the indices.
    alignas(no_false_sharing) Lock lock_;
    alignas(no_false_sharing) ring_storage<T> items_;
};

}  // namespace handoff
