// What the counters under a lock share: a plain integer and the lock beside it, in one object.
#pragma once

#include <cstdint>
#include <mutex>

#include "../support/atomic.hpp"

namespace handoff {

// Lock is a BasicLockable. Progress: blocking, add and read. The read locks too, so it is linearizable.
template <class Lock>
class locked_counter {
public:
    void add(std::int64_t n) {
        const std::lock_guard hold(lock_);
        value_ += n;
    }

    std::int64_t read() const {
        const std::lock_guard hold(lock_);
        return value_;
    }

private:
    mutable Lock lock_;
    plain<std::int64_t> value_ = 0;  // guarded by lock_
};

}  // namespace handoff
