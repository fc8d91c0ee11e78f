// Two-lock unbounded queue: one lock for each end, so that a push and a pop do not exclude one another.
//
// M. M. Michael and M. L. Scott, "Simple, fast, and practical non-blocking and blocking concurrent queue
// algorithms", PODC 1996, figure 2.
//
// Deviations: the locks are std::mutex; `next` is atomic, because when the queue is empty a push writes it
// under one lock while a pop reads it under the other; nodes come from new and delete instead of a free list.
//
// Progress: blocking, both operations, each only by threads at its own end.
//
// Memory: a pop frees the node that head_ leaves behind. Only the holder of the head lock can reach that node
// through head_. tail_ may still name it for a moment, between (1) and the assignment to tail_, but a push
// does not touch the old last node after (1), and no other thread reads tail_. No ABA: nothing is compared.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>

#include "../queue.hpp"
#include "../support/atomic.hpp"
#include "../support/cache_line.hpp"
#include "../support/mutex.hpp"

namespace handoff {

template <class T>
class two_lock_queue {
public:
    using value_type = T;
    using producer = direct_producer<two_lock_queue>;
    using consumer = direct_consumer<two_lock_queue>;

    static constexpr queue_spec spec{
        .name = "two_lock_queue",
        .cite = "Michael, Scott, PODC 1996, two-lock queue",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::unbounded,
        .push = progress::blocking,
        .pop = progress::blocking,
        .delivery = order::fifo,
        .failure = try_failure::exact,
    };

    // Unbounded: the hint is of no use to a list.
    explicit two_lock_queue(std::size_t /*capacity*/) {}
    two_lock_queue(const two_lock_queue&) = delete;
    two_lock_queue& operator=(const two_lock_queue&) = delete;

    ~two_lock_queue() {
        // relaxed: no other thread is left.
        while (node* const next = head_->next.load(memory_order_relaxed)) {
            std::destroy_at(&next->value);
            delete std::exchange(head_, next);
        }
        delete head_;
    }

    bool try_push(T&& value) {
        node* const last = new node(std::move(value));
        const std::lock_guard guard(tail_lock_);
        // (1) release: pairs with (2); publishes the node and its value. LP(try_push).
        tail_->next.store(last, memory_order_release);
        tail_ = last;
        return true;
    }

    bool try_pop(T& value) {
        std::unique_lock guard(head_lock_);
        // (2) acquire: pairs with (1); the node and its value are visible. LP(try_pop).
        node* const first = head_->next.load(memory_order_acquire);
        if (first == nullptr) return false;
        value = std::move(first->value);
        std::destroy_at(&first->value);
        node* const passed = std::exchange(head_, first);
        guard.unlock();
        delete passed;
        return true;
    }

private:
    // The value is alive from the push to the pop; in the node that head_ names it is dead (the dummy).
    struct node {
        node() {}
        explicit node(T&& item) : value(std::move(item)) {}
        ~node() {}

        atomic<node*> next{nullptr};
        union {
            T value;
        };
    };

    // Each end on lines of its own, so that a push and a pop meet only in the nodes.
    alignas(no_false_sharing) mutex head_lock_;
    plain<node*> head_ = new node;
    alignas(no_false_sharing) mutex tail_lock_;
    plain<node*> tail_ = head_;
};

}  // namespace handoff
