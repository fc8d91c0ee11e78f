// Adapter: boost::lockfree::stack. Treiber's stack over a free list of nodes, used in its bounded form:
// the constructor fills the free list and bounded_push fails when that is empty, so that nothing is
// allocated while the stack is in use.
// For: pools of buffers or connections, where the one that was used last is the best to use next.
//
// Failure: a node is free only once its pop has returned it, and taken before its push has linked it. So
// a push may find no node while a pop is under way, or because pushes under way hold nodes that they have
// not yet linked. A pop fails only if the stack is empty, which is more than in_flight asks.
// Memory: nodes are recycled, never freed before the destructor. Every pointer carries a 16-bit tag
// against ABA, which fails if a thread sleeps through exactly a multiple of 65,536 pops from the same
// list.
// A constructor that runs out of memory leaks the nodes that it has got by then.
// A pop reads the link of a node that another thread may just have recycled, and throws it away when the
// tagged compare-exchange then fails: a data race by the letter of the standard (#78, open). The item
// itself is read by the thread that has won its node.
#pragma once

#include <boost/lockfree/stack.hpp>
#include <concepts>
#include <cstddef>
#include <type_traits>

#include "../queue.hpp"
#include "../support/checked_capacity.hpp"

namespace handoff {

// Requires of T: the library copies items in and out, loses the node or the item where that throws, and its
// destructor default-constructs one.
template <class T>
requires std::copyable<T> && std::default_initializable<T> && std::is_nothrow_copy_constructible_v<T> &&
    std::is_nothrow_copy_assignable_v<T>
class boost_stack {
public:
    using value_type = T;
    using producer = direct_producer<boost_stack>;
    using consumer = direct_consumer<boost_stack>;

    static constexpr queue_spec spec{
        .name = "boost_stack",
        .cite = "boost::lockfree::stack",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::bounded,
        .push = progress::lock_free,
        .pop = progress::lock_free,
        .delivery = order::lifo,
        .failure = try_failure::in_flight,
        .setup_survives_bad_alloc = false,
    };

    explicit boost_stack(std::size_t capacity) : stack_(checked_capacity<T>(capacity)), capacity_(capacity) {}

    std::size_t capacity() const { return capacity_; }

    bool try_push(const T& value) { return stack_.bounded_push(value); }
    bool try_pop(T& value) { return stack_.pop(value); }

private:
    boost::lockfree::stack<T> stack_;
    const std::size_t capacity_;
};

}  // namespace handoff
