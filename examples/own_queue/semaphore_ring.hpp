// The bounded buffer with two counting semaphores and a mutex, as Dijkstra gave it in EWD 123 (1965).
//
// Progress: blocking, all operations.
//
// Memory: one array, allocated by the constructor; no reclamation and no ABA, since the mutex excludes.
#pragma once

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <mutex>
#include <semaphore>
#include <utility>
#include <vector>

#include "queue.hpp"

namespace handoff {

// Every slot holds an item at all times, which so must be default-constructible.
template <std::default_initializable T>
class semaphore_ring {
public:
    using value_type = T;
    using producer = direct_producer<semaphore_ring>;
    using consumer = direct_consumer<semaphore_ring>;

    static constexpr queue_spec spec{
        .name = "semaphore_ring",
        .cite = "Dijkstra, EWD 123, 1965, with std::counting_semaphore",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::bounded,
        .push = progress::blocking,
        .pop = progress::blocking,
        .delivery = order::fifo,
        // A slot is free, or an item there, only once the other end has released its semaphore.
        .failure = try_failure::in_flight,
    };

    explicit semaphore_ring(std::size_t capacity)
        : slots_(capacity), free_(static_cast<std::ptrdiff_t>(capacity)), filled_(0) {}

    std::size_t capacity() const { return slots_.size(); }

    bool try_push(T&& value) {
        if (!free_.try_acquire()) return false;
        put(std::move(value));
        return true;
    }
    bool push(T&& value) {
        free_.acquire();
        put(std::move(value));
        return true;
    }

    bool try_pop(T& value) {
        if (!filled_.try_acquire()) return false;
        take(value);
        return true;
    }
    bool pop(T& value) {
        filled_.acquire();
        take(value);
        return true;
    }
    bool pop_for(T& value, std::chrono::nanoseconds timeout) {
        // now() + nanoseconds::max() would overflow; a year is as good as for ever.
        if (!filled_.try_acquire_for(std::min<std::chrono::nanoseconds>(timeout, a_year))) return false;
        take(value);
        return true;
    }

private:
    static constexpr std::chrono::hours a_year{24 * 365};

    // Requires a free slot, acquired. A move that throws gives it back.
    void put(T&& value) {
        try {
            const std::lock_guard lock(mutex_);
            slots_[tail_] = std::move(value);
            tail_ = (tail_ + 1) % slots_.size();
        } catch (...) {
            free_.release();
            throw;
        }
        filled_.release();
    }

    // Requires an item, acquired. A move that throws leaves it where it is.
    void take(T& value) {
        try {
            const std::lock_guard lock(mutex_);
            value = std::move(slots_[head_]);
            head_ = (head_ + 1) % slots_.size();
        } catch (...) {
            filled_.release();
            throw;
        }
        free_.release();
    }

    std::mutex mutex_;
    std::vector<T> slots_;
    std::size_t head_ = 0;
    std::size_t tail_ = 0;
    std::counting_semaphore<> free_;
    std::counting_semaphore<> filled_;
};

}  // namespace handoff
