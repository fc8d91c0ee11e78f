// Control: a mutex-protected ring that promises what mutex rings keep, and gives one item in a million out
// twice. Every verification must fail it.
#pragma once

#include <concepts>
#include <cstddef>
#include <mutex>
#include <optional>
#include <utility>

#include "../queue.hpp"
#include "../support/ring_storage.hpp"
#include "fault_schedule.hpp"

namespace handoff {

// Requires of T: a duplicate is a copy.
template <class T>
requires std::copyable<T>
class duplicating_queue {
public:
    using value_type = T;
    using producer = direct_producer<duplicating_queue>;
    using consumer = direct_consumer<duplicating_queue>;

    static constexpr queue_spec spec{
        .name = "duplicating_queue",
        .cite = "control: gives one item in 1,000,000 out twice",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::bounded,
        .push = progress::blocking,
        .pop = progress::blocking,
        .delivery = order::fifo,
    };

    explicit duplicating_queue(std::size_t capacity) : ring_(capacity) {}

    std::size_t capacity() const { return ring_.capacity(); }

    bool try_push(T&& value) {
        const std::lock_guard hold(lock_);
        if (ring_.full()) return false;
        ring_.push(std::move(value));
        return true;
    }

    // The duplicate leaves next, before anything else; keeping it here needs no room in the ring.
    bool try_pop(T& value) {
        const std::lock_guard hold(lock_);
        if (again_) {
            value = std::move(*again_);
            again_.reset();
            return true;
        }
        if (ring_.empty()) return false;
        ring_.pop(value);
        if (faults_.next()) again_ = value;
        return true;
    }

private:
    std::mutex lock_;
    ring_storage<T> ring_;    // guarded by lock_
    fault_schedule faults_;   // guarded by lock_
    std::optional<T> again_;  // guarded by lock_: the item to give out a second time
};

}  // namespace handoff
