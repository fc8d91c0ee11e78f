// Queues that wait by a mutex and condition variables, each with one fault in how it waits, in what it keeps
// or in what it shares.
#pragma once

#include <algorithm>
#include <memory>
#include <thread>
#include <vector>

#include "monitor_queue.hpp"

namespace handoff::conformance {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// The way into the queue for who waits: pop_for in a base that the faults below change.
template <class T>
class timed_monitor : public monitor_queue<T> {
public:
    using monitor_queue<T>::monitor_queue;

protected:
    static nanoseconds at_most_a_year(nanoseconds timeout) {
        return std::min<nanoseconds>(timeout, std::chrono::hours(24 * 365));
    }
    bool await(std::unique_lock<std::mutex>& lock, T& value, nanoseconds timeout) {
        this->arrived_.wait_for(lock, at_most_a_year(timeout), [this] { return !this->items_.empty(); });
        return this->take(value);
    }
};

// Rounds its timeouts up to whole tens of milliseconds, as a loop of naps does.
template <only_numbers T>
class coarse_queue : public timed_monitor<T> {
public:
    using value_type = T;
    using producer = direct_producer<coarse_queue>;
    using consumer = direct_consumer<coarse_queue>;
    static constexpr queue_spec spec = queue_control("coarse_queue", boundedness::bounded);

    using timed_monitor<T>::timed_monitor;
    bool pop_for(T& value, nanoseconds timeout) {
        constexpr nanoseconds step = milliseconds(10);
        std::unique_lock lock(this->mutex_);
        return this->await(lock, value, (this->at_most_a_year(timeout) + step) / step * step);
    }
};

// Each wake-up in vain adds 10 milliseconds to its timeout.
template <only_numbers T>
class adding_queue : public timed_monitor<T> {
public:
    using value_type = T;
    using producer = direct_producer<adding_queue>;
    using consumer = direct_consumer<adding_queue>;
    static constexpr queue_spec spec = queue_control("adding_queue", boundedness::bounded);

    using timed_monitor<T>::timed_monitor;
    bool pop_for(T& value, nanoseconds timeout) {
        std::unique_lock lock(this->mutex_);
        auto end = std::chrono::steady_clock::now() + this->at_most_a_year(timeout);
        while (this->items_.empty() && this->arrived_.wait_until(lock, end) != std::cv_status::timeout)
            end += milliseconds(10);
        return this->take(value);
    }
};

// Holds a second mutex while it waits: the next caller's timeout begins when this one's has ended.
template <only_numbers T>
class serial_queue : public timed_monitor<T> {
public:
    using value_type = T;
    using producer = direct_producer<serial_queue>;
    using consumer = direct_consumer<serial_queue>;
    static constexpr queue_spec spec = queue_control("serial_queue", boundedness::bounded);

    using timed_monitor<T>::timed_monitor;
    bool pop_for(T& value, nanoseconds timeout) {
        const std::lock_guard alone(waiting_);
        std::unique_lock lock(this->mutex_);
        return this->await(lock, value, timeout);
    }

private:
    std::mutex waiting_;
};

// Looks for items every 100 ms.
template <only_numbers T>
class napping_queue : public timed_monitor<T> {
public:
    using value_type = T;
    using producer = direct_producer<napping_queue>;
    using consumer = direct_consumer<napping_queue>;
    static constexpr queue_spec spec = queue_control("napping_queue", boundedness::bounded);

    using timed_monitor<T>::timed_monitor;
    bool pop_for(T& value, nanoseconds timeout) {
        const auto end = std::chrono::steady_clock::now() + this->at_most_a_year(timeout);
        while (!this->try_pop(value)) {
            const nanoseconds left = end - std::chrono::steady_clock::now();
            if (left <= nanoseconds(0)) return false;
            std::this_thread::sleep_for(std::min<nanoseconds>(left, milliseconds(100)));
        }
        return true;
    }
};

// One that gives up does not look again: a wake-up that came to it is lost to the others.
template <only_numbers T>
class swallowing_queue : public timed_monitor<T> {
public:
    using value_type = T;
    using producer = direct_producer<swallowing_queue>;
    using consumer = direct_consumer<swallowing_queue>;
    static constexpr queue_spec spec = queue_control("swallowing_queue", boundedness::bounded);

    using timed_monitor<T>::timed_monitor;
    bool pop_for(T& value, nanoseconds timeout) {
        const auto end = std::chrono::steady_clock::now() + this->at_most_a_year(timeout);
        std::unique_lock lock(this->mutex_);
        while (!this->take(value)) {
            if (this->arrived_.wait_until(lock, end) == std::cv_status::timeout) return false;
        }
        return true;
    }
};

// Keeps what a call needed that found the mutex taken.
template <only_numbers T>
class contended_leak_queue : public monitor_queue<T> {
public:
    using value_type = T;
    using producer = direct_producer<contended_leak_queue>;
    using consumer = direct_consumer<contended_leak_queue>;
    static constexpr queue_spec spec = queue_control("contended_leak_queue", boundedness::bounded);

    using monitor_queue<T>::monitor_queue;
    bool try_push(T&& value) {
        std::unique_ptr<char[]> needed;
        if (!this->mutex_.try_lock()) {
            needed = std::make_unique<char[]>(64);
            this->mutex_.lock();
        }
        const std::lock_guard lock(this->mutex_, std::adopt_lock);
        if (needed) kept_.push_back(std::move(needed));
        if (this->items_.size() >= this->capacity_) return false;
        this->items_.push_back(value);
        return true;
    }

private:
    std::vector<std::unique_ptr<char[]>> kept_;
};

// All queues of the type have one store.
template <only_numbers T>
class one_store_queue : public monitor_queue<T> {
public:
    using value_type = T;
    using producer = direct_producer<one_store_queue>;
    using consumer = direct_consumer<one_store_queue>;
    static constexpr queue_spec spec = queue_control("one_store_queue", boundedness::bounded);

    using monitor_queue<T>::monitor_queue;
    bool try_push(T&& value) {
        const std::lock_guard lock(this->mutex_);
        if (store_.size() >= this->capacity_) return false;
        store_.push_back(value);
        return true;
    }
    bool try_pop(T& value) {
        const std::lock_guard lock(this->mutex_);
        if (store_.empty()) return false;
        value = store_.front();
        store_.pop_front();
        return true;
    }

private:
    static inline std::deque<T> store_;
};

}  // namespace handoff::conformance
