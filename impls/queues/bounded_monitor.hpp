// The textbook bounded buffer under a std::mutex, with two condition variables: the base of the queues that
// differ only in the order in which their storage gives items out.
//
// C. A. R. Hoare, "Monitors: an operating system structuring concept", CACM 17(10), 1974.
//
// Deviations: a notification is sent after unlocking, so that the woken thread does not run into the held
// mutex, and only if someone waits for it. It can be closed.
//
// No wake-up is lost. A thread that waits has counted itself and gone to sleep in one step with regard to
// the mutex. Whoever changes the state holds that mutex: before the waiter, then the waiter sees the new
// state and does not sleep; or after it, then the count is seen and a notification follows. One change frees
// one place (or brings one item), so one notification suffices, and a woken thread that cannot use it because
// moving the item throws passes it on.
//
// Progress: blocking, all operations.
//
// Memory: one allocation for the queue's life; no reclamation and no ABA, since the lock excludes.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <utility>

#include "../queue.hpp"
#include "../support/atomic.hpp"
#include "../support/mutex.hpp"

namespace handoff {

// Storage: ring_storage, stack_storage, or another that is constructed with a capacity and says how many
// items that is, whether it is empty or full, and takes and gives out one (push, pop) without effect if a
// move throws.
template <class T, class Storage>
class bounded_monitor {
public:
    using value_type = T;

    explicit bounded_monitor(std::size_t capacity) : items_(capacity) {}
    bounded_monitor(const bounded_monitor&) = delete;
    bounded_monitor& operator=(const bounded_monitor&) = delete;

    std::size_t capacity() const { return items_.capacity(); }

    // LP of every operation: any instant of its last stay under the mutex.
    bool try_push(T&& value) {
        std::unique_lock lock(mutex_);
        if (closed_ || items_.full()) return false;
        put(lock, value);
        return true;
    }

    bool push(T&& value) {
        std::unique_lock lock(mutex_);
        ++waiting_to_push_;
        not_full_.wait(lock, [this] { return closed_ || !items_.full(); });
        --waiting_to_push_;
        if (closed_) return false;
        put(lock, value);
        return true;
    }

    bool try_pop(T& value) {
        std::unique_lock lock(mutex_);
        if (items_.empty()) return false;
        take(lock, value);
        return true;
    }

    bool pop(T& value) {
        std::unique_lock lock(mutex_);
        ++waiting_to_pop_;
        not_empty_.wait(lock, [this] { return closed_ || !items_.empty(); });
        --waiting_to_pop_;
        if (items_.empty()) return false;
        take(lock, value);
        return true;
    }

    bool pop_for(T& value, std::chrono::nanoseconds timeout) {
        // now() + nanoseconds::max() would overflow; a year is as good as for ever.
        const std::chrono::nanoseconds bounded = std::min<std::chrono::nanoseconds>(timeout, a_year);
        std::unique_lock lock(mutex_);
        ++waiting_to_pop_;
        not_empty_.wait_for(lock, bounded, [this] { return closed_ || !items_.empty(); });
        --waiting_to_pop_;
        if (items_.empty()) return false;
        take(lock, value);
        return true;
    }

    void close() {
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
        }
        not_empty_.notify_all();
        not_full_.notify_all();
    }

private:
    static constexpr std::chrono::hours a_year{24 * 365};

    void put(std::unique_lock<mutex>& lock, T& value) {
        try {
            items_.push(std::move(value));
        } catch (...) {
            signal(lock, not_full_, waiting_to_push_);
            throw;
        }
        signal(lock, not_empty_, waiting_to_pop_);
    }

    void take(std::unique_lock<mutex>& lock, T& value) {
        try {
            items_.pop(value);
        } catch (...) {
            signal(lock, not_empty_, waiting_to_pop_);
            throw;
        }
        signal(lock, not_full_, waiting_to_push_);
    }

    static void signal(std::unique_lock<mutex>& lock, condition_variable& who,
                       const plain<std::size_t>& waiting) {
        const bool wake = waiting > 0;
        lock.unlock();
        if (wake) who.notify_one();
    }

    mutex mutex_;
    Storage items_;
    plain<std::size_t> waiting_to_push_ = 0;
    plain<std::size_t> waiting_to_pop_ = 0;
    plain<bool> closed_ = false;
    condition_variable not_empty_;
    condition_variable not_full_;
};

}  // namespace handoff
