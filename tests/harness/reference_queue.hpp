// A plain queue for tests of the harness, with faults on demand.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "queue.hpp"

namespace handoff {

enum class fault { none, loses, doubles, reorders };

template <class T, fault Fault = fault::none>
class reference_queue {
public:
    using value_type = T;
    using producer = direct_producer<reference_queue>;
    using consumer = direct_consumer<reference_queue>;

    static constexpr queue_spec spec{.name = "reference_queue",
                                     .cite = "test",
                                     .producers = cardinality::many,
                                     .consumers = cardinality::many,
                                     .bound = boundedness::bounded,
                                     .push = progress::blocking,
                                     .pop = progress::blocking,
                                     .delivery = order::fifo};

    explicit reference_queue(std::size_t capacity) : capacity_(capacity) {}

    std::size_t capacity() const { return capacity_; }

    bool try_push(T&& value) {
        const std::scoped_lock lock(mutex_);
        if (items_.size() >= capacity_) return false;
        put(value);
        changed_.notify_all();
        return true;
    }
    bool try_pop(T& value) {
        const std::scoped_lock lock(mutex_);
        if (items_.empty()) return false;
        take(value);
        changed_.notify_all();
        return true;
    }
    std::size_t try_push_bulk(T* items, std::size_t count) {
        std::size_t pushed = 0;
        while (pushed < count && try_push(std::move(items[pushed]))) ++pushed;
        return pushed;
    }
    std::size_t try_pop_bulk(T* items, std::size_t count) {
        std::size_t popped = 0;
        while (popped < count && try_pop(items[popped])) ++popped;
        return popped;
    }
    bool push(T&& value) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return items_.size() < capacity_; });
        put(value);
        changed_.notify_all();
        return true;
    }
    bool pop(T& value) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !items_.empty(); });
        take(value);
        changed_.notify_all();
        return true;
    }

private:
    // The second item after the 64 of the pre-faulting: the slowest machine gets there.
    bool faulty() { return ++count_ == 66; }

    void put(T& value) {
        const bool now = faulty();
        if (Fault == fault::loses && now) return;
        if (Fault == fault::doubles && now) items_.push_back(value);
        if (Fault == fault::reorders && now) {
            held_back_ = value;
            return;
        }
        items_.push_back(value);
        // Behind its successor, whatever the consumer has taken meanwhile.
        if (held_back_) items_.push_back(*std::exchange(held_back_, std::nullopt));
    }
    void take(T& value) {
        value = items_.front();
        items_.pop_front();
    }

    const std::size_t capacity_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<T> items_;
    std::optional<T> held_back_;
    std::uint64_t count_ = 0;
};

}  // namespace handoff
