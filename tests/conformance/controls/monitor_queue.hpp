// A correct queue, a mutex around a std::deque, from which controls with a fault are made.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>

#include "control_spec.hpp"

namespace handoff::conformance {

template <class T>
class monitor_queue {
public:
    explicit monitor_queue(std::size_t capacity) : capacity_(capacity) {}
    monitor_queue(const monitor_queue&) = delete;
    monitor_queue& operator=(const monitor_queue&) = delete;

    std::size_t capacity() const { return capacity_; }
    bool try_push(T&& value) {
        {
            const std::lock_guard lock(mutex_);
            if (items_.size() >= capacity_) return false;
            items_.push_back(std::move(value));
        }
        arrived_.notify_one();
        return true;
    }
    bool try_pop(T& value) {
        const std::lock_guard lock(mutex_);
        return take(value);
    }

protected:
    // Under the mutex.
    bool take(T& value) {
        if (items_.empty()) return false;
        value = std::move(items_.front());
        items_.pop_front();
        return true;
    }

    const std::size_t capacity_;
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<T> items_;
};

}  // namespace handoff::conformance
