// Vyukov's unbounded queue of many producers and one consumer: a linked list to whose end a push adds its
// node by one exchange, without a retry.
//
// D. Vyukov, "Non-intrusive MPSC node-based queue", 1024cores.net, about 2010. The same algorithm is
// liburcu's wfcqueue. Deviations: the value is constructed and destroyed in its node; nodes come from new and
// delete.
//
// Progress: a push is wait-free, but for the allocation of its node. A pop is blocking: between (1) and (2)
// of a push the list is cut before its node, and the pop finds nothing from there on until the push has gone
// on, also of items whose pushes have ended. Such a failure happens only while a push is under way
// (try_failure::in_flight).
//
// Memory: a pop frees the node that head_ leaves behind. The push that linked the next node to it does not
// touch it after (2), and no other thread can reach it: each node is given to one push alone by the exchange.
// No ABA: nothing is compared.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "../queue.hpp"
#include "../support/atomic.hpp"
#include "../support/cache_line.hpp"

namespace handoff {

template <class T>
class vyukov_mpsc_queue {
public:
    using value_type = T;
    using producer = direct_producer<vyukov_mpsc_queue>;
    using consumer = direct_consumer<vyukov_mpsc_queue>;

    static constexpr queue_spec spec{
        .name = "vyukov_mpsc_queue",
        .cite = "Vyukov, Non-intrusive MPSC node-based queue, 1024cores.net",
        .producers = cardinality::many,
        .consumers = cardinality::one,
        .bound = boundedness::unbounded,
        .push = progress::wait_free,
        .pop = progress::blocking,
        .delivery = order::fifo,
        .failure = try_failure::in_flight,
    };

    // Unbounded: the hint is of no use to a list.
    explicit vyukov_mpsc_queue(std::size_t /*capacity*/) : head_(new node), tail_(head_) {}
    vyukov_mpsc_queue(const vyukov_mpsc_queue&) = delete;
    vyukov_mpsc_queue& operator=(const vyukov_mpsc_queue&) = delete;

    ~vyukov_mpsc_queue() {
        // relaxed: no other thread is left, and every push has ended.
        while (node* const next = head_->next.load(memory_order_relaxed)) {
            std::destroy_at(&next->value);
            delete std::exchange(head_, next);
        }
        delete head_;
    }

    bool try_push(T&& value) {
        node* const last = new node(std::move(value));
        // (1) acq_rel: pairs with (1); the node before is complete, and this one is for the next push.
        // LP(try_push).
        node* const before = tail_.exchange(last, memory_order_acq_rel);
        // (2) release: pairs with (3); publishes the node and its value.
        before->next.store(last, memory_order_release);
        return true;
    }

    bool try_pop(T& value) {
        // (3) acquire: pairs with (2); the node and its value are visible. LP(try_pop).
        node* const first = head_->next.load(memory_order_acquire);
        if (first == nullptr) return false;
        value = std::move(first->value);
        std::destroy_at(&first->value);
        delete std::exchange(head_, first);
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

    // Each end on a line of its own, so that a push and a pop meet only in the nodes.
    alignas(no_false_sharing) plain<node*> head_;
    alignas(no_false_sharing) atomic<node*> tail_;
};

// Neither end shares a line with the other or with what follows the queue.
static_assert(sizeof(vyukov_mpsc_queue<int>) == 2 * no_false_sharing);

}  // namespace handoff
