// A push wakes a consumer only where the queue stops being empty: with several asleep, the others stay so,
// beside their items.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>

#include "control_spec.hpp"

namespace handoff::conformance {

template <only_numbers T>
class sleeping_queue {
public:
    using value_type = T;
    using producer = direct_producer<sleeping_queue>;
    using consumer = direct_consumer<sleeping_queue>;
    static constexpr queue_spec spec = queue_control("sleeping_queue", boundedness::unbounded);

    explicit sleeping_queue(std::size_t) {}
    bool try_push(T&& value) { return push(std::move(value)); }
    bool push(T&& value) {
        const std::lock_guard lock(mutex_);
        items_.push_back(value);
        if (items_.size() == 1) arrived_.notify_one();
        return true;
    }
    bool try_pop(T& value) {
        const std::lock_guard lock(mutex_);
        if (items_.empty()) return false;
        value = items_.front();
        items_.pop_front();
        return true;
    }
    bool pop(T& value) {
        std::unique_lock lock(mutex_);
        arrived_.wait(lock, [this] { return !items_.empty(); });
        value = items_.front();
        items_.pop_front();
        return true;
    }

private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<T> items_;
};

}  // namespace handoff::conformance
