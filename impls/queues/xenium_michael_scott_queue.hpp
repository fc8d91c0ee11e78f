// Adapter: xenium::michael_scott_queue with hazard pointers: the linked lock-free queue of M. Michael and
// M. Scott (PODC 1996), with a node allocated for each item.
// For: the textbook's unbounded lock-free FIFO, as a baseline for all others of its kind.
//
// Order: linearizable FIFO. Progress: lock-free, allocation set aside.
// Memory: nodes are reclaimed by hazard pointers (M. Michael, 2004). A thread keeps those that it has
// retired until there are some hundred, or it ends; an item that was popped stays in its node until then,
// moved from.
// Where a pop finds no memory for the list of hazard pointers the process ends: the library makes it in a
// noexcept function (reclaim).
// A push takes its argument by value and then allocates: were that moved in, it would be lost where there
// is no memory. So the adapter copies.
#pragma once

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <xenium/michael_scott_queue.hpp>
#include <xenium/reclamation/hazard_pointer.hpp>

#include "../queue.hpp"

namespace handoff {

// Requires of T: every node holds one, the first by default. A pop has taken its node out before it moves the
// item; if that threw, it would be lost. Nodes may live longer than the queue, so that T must not mind when
// it is destroyed.
template <class T>
requires std::copyable<T> && std::default_initializable<T> && std::is_nothrow_move_assignable_v<T> &&
    std::is_trivially_destructible_v<T>
class xenium_michael_scott_queue {
public:
    using value_type = T;
    using producer = direct_producer<xenium_michael_scott_queue>;
    using consumer = direct_consumer<xenium_michael_scott_queue>;

    static constexpr queue_spec spec{
        .name = "xenium_michael_scott_queue",
        .cite = "xenium::michael_scott_queue: Michael and Scott, PODC 1996",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::unbounded,
        .push = progress::lock_free,
        .pop = progress::lock_free,
        .delivery = order::fifo,
        .calls_survive_bad_alloc = false,
    };

    // The library cannot reserve room: the hint has no effect.
    explicit xenium_michael_scott_queue(std::size_t /*capacity*/) {}

    bool try_push(const T& value) {
        queue_.push(value);
        return true;
    }
    bool try_pop(T& value) { return queue_.try_pop(value); }

private:
    xenium::michael_scott_queue<T, xenium::policy::reclaimer<xenium::reclamation::hazard_pointer<>>> queue_;
};

}  // namespace handoff
