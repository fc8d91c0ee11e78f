// An unbounded std::deque under a std::mutex, with one condition variable: what most programs start with.
//
// A notification is sent after unlocking, so that the woken thread does not run into the held mutex, and only
// if someone waits. No wake-up is lost, as bounded_monitor.hpp says: a waiter counts itself and
// goes to sleep in one step with regard to the mutex, one item needs one notification, and a woken thread
// that cannot take the item because moving it throws passes the notification on.
//
// Progress: blocking, all operations.
//
// Memory: std::deque's, allocated and freed in blocks under the mutex; no reclamation problem and no ABA,
// since the lock excludes.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>

#include "../queue.hpp"
#include "../support/atomic.hpp"
#include "../support/mutex.hpp"

namespace handoff {

template <class T>
class mutex_deque {
public:
    using value_type = T;
    using producer = direct_producer<mutex_deque>;
    using consumer = direct_consumer<mutex_deque>;

    static constexpr queue_spec spec{
        .name = "mutex_deque",
        .cite = "std::deque under std::mutex with a condition variable",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::unbounded,
        .push = progress::blocking,
        .pop = progress::blocking,
        .delivery = order::fifo,
        .failure = try_failure::exact,
    };

    // Unbounded: the hint is of no use to a deque.
    explicit mutex_deque(std::size_t /*capacity*/) {}
    mutex_deque(const mutex_deque&) = delete;
    mutex_deque& operator=(const mutex_deque&) = delete;

    // LP of every operation: any instant of its last stay under the mutex.
    // Fails only when closed.
    bool try_push(T&& value) {
        std::unique_lock lock(mutex_);
        if (closed_) return false;
        items_.push_back(std::move(value));
        signal(lock);
        return true;
    }

    // Never waits for anything but the mutex.
    bool push(T&& value) { return try_push(std::move(value)); }

    bool try_pop(T& value) {
        std::unique_lock lock(mutex_);
        return take(lock, value);
    }

    bool pop(T& value) {
        std::unique_lock lock(mutex_);
        ++waiting_;
        not_empty_.wait(lock, [this] { return closed_ || !items_.empty(); });
        --waiting_;
        return take(lock, value);
    }

    bool pop_for(T& value, std::chrono::nanoseconds timeout) {
        // now() + nanoseconds::max() would overflow; a year is as good as for ever.
        const std::chrono::nanoseconds bounded = std::min<std::chrono::nanoseconds>(timeout, a_year);
        std::unique_lock lock(mutex_);
        ++waiting_;
        not_empty_.wait_for(lock, bounded, [this] { return closed_ || !items_.empty(); });
        --waiting_;
        return take(lock, value);
    }

    void close() {
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
        }
        not_empty_.notify_all();
    }

private:
    static constexpr std::chrono::hours a_year{24 * 365};

    bool take(std::unique_lock<mutex>& lock, T& value) {
        if (items_.empty()) return false;
        try {
            value = std::move(items_.front());
        } catch (...) {
            signal(lock);
            throw;
        }
        items_.pop_front();
        return true;
    }

    void signal(std::unique_lock<mutex>& lock) {
        const bool wake = waiting_ > 0;
        lock.unlock();
        if (wake) not_empty_.notify_one();
    }

    mutex mutex_;
    std::deque<T> items_;
    plain<std::size_t> waiting_ = 0;
    plain<bool> closed_ = false;
    condition_variable not_empty_;
};

}  // namespace handoff
