// Control: a mutex-protected ring that promises what mutex rings keep, and loses one item in a million: the
// push says true and the item is destroyed. Every verification must fail it.
#pragma once

#include <cstddef>
#include <mutex>
#include <utility>

#include "../queue.hpp"
#include "../support/ring_storage.hpp"
#include "fault_schedule.hpp"

namespace handoff {

template <class T>
class lossy_queue {
public:
    using value_type = T;
    using producer = direct_producer<lossy_queue>;
    using consumer = direct_consumer<lossy_queue>;

    static constexpr queue_spec spec{
        .name = "lossy_queue",
        .cite = "control: loses one item in 1,000,000",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::bounded,
        .push = progress::blocking,
        .pop = progress::blocking,
        .delivery = order::fifo,
    };

    explicit lossy_queue(std::size_t capacity) : ring_(capacity) {}

    std::size_t capacity() const { return ring_.capacity(); }

    bool try_push(T&& value) {
        const std::lock_guard hold(lock_);
        if (ring_.full()) return false;
        if (faults_.next()) {
            [[maybe_unused]] const T lost(std::move(value));
        } else {
            ring_.push(std::move(value));
        }
        return true;
    }

    bool try_pop(T& value) {
        const std::lock_guard hold(lock_);
        if (ring_.empty()) return false;
        ring_.pop(value);
        return true;
    }

private:
    std::mutex lock_;
    ring_storage<T> ring_;   // guarded by lock_
    fault_schedule faults_;  // guarded by lock_
};

}  // namespace handoff
