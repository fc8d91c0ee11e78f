// Adapter: cds_wfcq of liburcu: a linked queue for one consumer whose push is one exchange and one store
// (it needs no RCU). D. Vyukov's node-based MPSC queue has the same push.
// For: many threads that report to one, as in a logger or an event loop, and none of which may ever wait.
//
// Order: linearizable FIFO; a push takes effect at its exchange of the tail.
// Progress: a push is wait-free, allocation set aside. A pop never waits here, since the adapter takes
// the library's nonblocking form; but a producer that is stopped between its exchange and its store hides
// all items that come after its own: blocking, as queue.hpp has it.
// Failure: a pop fails also while such a push is under way.
// Memory: the library's nodes are the caller's. So a push allocates one for its item, and the pop frees
// it. A node can be freed at once: a pop leaves it only when the push behind it has stored its link.
// The library orders by assembly. ThreadSanitizer cannot see that and is told (opaque_call.hpp).
#pragma once

// The library's functions may be compiled into what calls them: its short ones under any licence, all of them
// under the LGPL.
#define _LGPL_SOURCE
#include <urcu/wfcqueue.h>

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#include "../queue.hpp"
#include "../support/cache_line.hpp"
#include "../support/opaque_call.hpp"

namespace handoff {

// Requires of T: a pop has taken the node out before it moves the item; if that threw, it would be lost.
template <class T>
requires std::is_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T>
class urcu_wfc_queue {
public:
    using value_type = T;
    using producer = direct_producer<urcu_wfc_queue>;
    using consumer = direct_consumer<urcu_wfc_queue>;

    static constexpr queue_spec spec{
        .name = "urcu_wfc_queue",
        .cite = "cds_wfcq, liburcu",
        .producers = cardinality::many,
        .consumers = cardinality::one,
        .bound = boundedness::unbounded,
        .push = progress::wait_free,
        .pop = progress::blocking,
        .delivery = order::fifo,
        .failure = try_failure::in_flight,
    };

    // The library cannot reserve room: the hint has no effect.
    explicit urcu_wfc_queue(std::size_t /*capacity*/) { __cds_wfcq_init(&head_, &tail_); }
    urcu_wfc_queue(const urcu_wfc_queue&) = delete;
    urcu_wfc_queue& operator=(const urcu_wfc_queue&) = delete;
    ~urcu_wfc_queue() {
        while (take()) {
        }
    }

    bool try_push(T&& value) {
        auto made = std::make_unique<node>(std::move(value));
        const opaque_push call(this);
        cds_wfcq_node_init(made.get());
        cds_wfcq_enqueue(__cds_wfcq_head_cast(&head_), &tail_, made.release());
        return true;
    }

    bool try_pop(T& value) {
        const std::unique_ptr<node> taken = take();
        if (!taken) return false;
        value = std::move(taken->value);
        return true;
    }

private:
    struct node : cds_wfcq_node {
        explicit node(T&& item) : cds_wfcq_node{}, value(std::move(item)) {}

        T value;
    };

    std::unique_ptr<node> take() {
        const opaque_pop call(this);
        cds_wfcq_node* const first = __cds_wfcq_dequeue_nonblocking(__cds_wfcq_head_cast(&head_), &tail_);
        if (first == CDS_WFCQ_WOULDBLOCK) return nullptr;
        return std::unique_ptr<node>(static_cast<node*>(first));
    }

    // The library leaves it to the caller to keep the two ends on lines of their own.
    alignas(no_false_sharing) __cds_wfcq_head head_;
    alignas(no_false_sharing) cds_wfcq_tail tail_;
};

}  // namespace handoff
