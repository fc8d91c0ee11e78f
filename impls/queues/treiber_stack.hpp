// Bounded lock-free stack: a linked list of nodes, whose head a push and a pop change by a compare-exchange.
//
// R. K. Treiber, "Systems programming: coping with parallelism", IBM Research Report RJ 5118, 1986.
// Deviations: the nodes are allocated once, in an array; those that hold no item lie on a second stack of the
// same kind, the free list, and a push that finds none there fails. Nodes are named by their index, and the
// rest of a head's word is its tag. There are at least two nodes, and capacity() says so: with one, a single
// stopped push would keep everybody else from succeeding.
//
// Progress: lock-free, both operations: a compare-exchange fails only because another one of the same list
// has succeeded, or for no reason on some machines, and an operation needs two that succeed. But a thread
// that is stopped inside keeps one node out of use, as if the capacity were one less; with as many threads
// stopped as there are nodes, none is left.
//
// Failure: a pop fails only if the stack is empty, which is more than in_flight asks. A push fails if no node
// is free; a node is taken before its push has linked it, and free only once its pop has returned it. So a
// push may find none although fewer than capacity() items are there: while a pop is under way, or because
// pushes under way have reserved nodes. Both is what try_failure::in_flight admits.
//
// Memory: one allocation for the stack's life, so that a stalled thread may read a node that has gone on. Its
// `next` is atomic for that: what a stalled take finds there may be of a later life of the node, and then its
// compare-exchange fails.
//
// ABA: every take moves the tag of its head on, so that a stalled take for which the same node is on top
// again meets another word. A put needs no tag: it links its node to whatever is on top now, and does not
// care how that came there. The tag has 40 bits, the index 24. So the tag comes round after 2^40 takes from
// one list during one stalled take: 1.1 * 10^12, three hours at 10 ns each. If at just that moment the same
// node is on top, ABA is possible.
//
// Items are moved in and out by the thread that has taken the node. It must finish, or the node is lost. So
// moving T must not throw, and a T whose move may throw is refused at compile time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "../queue.hpp"
#include "../support/atomic.hpp"
#include "../support/cache_line.hpp"
#include "../support/first_index.hpp"

namespace handoff {

template <class T>
requires std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
    std::is_nothrow_destructible_v<T>
class treiber_stack {
public:
    using value_type = T;
    using producer = direct_producer<treiber_stack>;
    using consumer = direct_consumer<treiber_stack>;

    static constexpr queue_spec spec{
        .name = "treiber_stack",
        .cite = "Treiber, Systems programming: coping with parallelism, IBM RJ 5118, 1986",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::bounded,
        .push = progress::lock_free,
        .pop = progress::lock_free,
        .delivery = order::lifo,
        .failure = try_failure::in_flight,
    };

    // Both tags begin at `first`, for a test that wants to see them come round.
    explicit treiber_stack(std::size_t capacity, first_index first = {})
        : capacity_(node_count(capacity)),
          nodes_(std::make_unique<node[]>(capacity_)),
          head_(word(first.value, none)),
          free_(word(first.value, 0)) {
        for (std::uint32_t i = 0; i < capacity_; ++i) {
            // relaxed: whoever hands the stack to another thread publishes it.
            nodes_[i].next.store(i + 1 < capacity_ ? i + 1 : none, memory_order_relaxed);
        }
    }
    treiber_stack(const treiber_stack&) = delete;
    treiber_stack& operator=(const treiber_stack&) = delete;

    ~treiber_stack() {
        // relaxed: no other thread is left, and every operation was finished.
        std::uint32_t i = index_of(head_.load(memory_order_relaxed));
        while (i != none) {
            std::destroy_at(&nodes_[i].value);
            // relaxed: no other thread is left.
            i = nodes_[i].next.load(memory_order_relaxed);
        }
    }

    std::size_t capacity() const { return capacity_; }

    bool try_push(T&& value) noexcept {
        // (1) acquire: pairs with (4); the item that was in the node has left it.
        const std::uint32_t i = take(free_, memory_order_acquire);
        if (i == none) return false;
        std::construct_at(&nodes_[i].value, std::move(value));
        // (2) release: pairs with (3); publishes the item. LP(try_push): its compare-exchange.
        put(head_, i, memory_order_release);
        return true;
    }

    bool try_pop(T& value) noexcept {
        // (3) acquire: pairs with (2); the item is visible. LP(try_pop): its compare-exchange, or the load
        // that found the stack empty.
        const std::uint32_t i = take(head_, memory_order_acquire);
        if (i == none) return false;
        value = std::move(nodes_[i].value);
        std::destroy_at(&nodes_[i].value);
        // (4) release: pairs with (1); the node may be filled again.
        put(free_, i, memory_order_release);
        return true;
    }

private:
    // The value is alive while the node is on the stack, and for a moment before and after.
    struct node {
        node() {}
        ~node() {}

        atomic<std::uint32_t> next;
        union {
            T value;
        };
    };

    static constexpr unsigned index_bits = 24;
    // No node: the end of a list. All other indices may be nodes.
    static constexpr std::uint32_t none = (std::uint32_t{1} << index_bits) - 1;

    static std::size_t node_count(std::size_t capacity) {
        if (capacity > none)
            throw std::length_error("stack capacity " + std::to_string(capacity) + ": at most " +
                                    std::to_string(none));
        return std::max<std::size_t>(capacity, 2);
    }

    // The upper bits of a tag are lost, so that it comes round.
    static std::uint64_t word(std::uint64_t tag, std::uint32_t index) { return tag << index_bits | index; }
    static std::uint64_t tag_of(std::uint64_t word) { return word >> index_bits; }
    static std::uint32_t index_of(std::uint64_t word) { return static_cast<std::uint32_t>(word) & none; }

    // What both lists do. A head is changed by read-modify-writes alone, and each of them continues the
    // release sequences of all the puts before it. So a take that reads a head synchronizes with the put of
    // every node that is on the list then, those further down as well, whoever has changed the head since.
    // The order is an argument, so that it stands beside its reason; inlined, because g++ takes an order that
    // is no constant for seq_cst.

    // The index of a node that now belongs to the caller, or none: there was none.
    [[gnu::always_inline]] std::uint32_t take(atomic<std::uint64_t>& list, std::memory_order order) noexcept {
        std::uint64_t top = list.load(order);
        while (index_of(top) != none) {
            // relaxed: published with the node. If it is of a later life, the compare-exchange fails.
            const std::uint32_t next = nodes_[index_of(top)].next.load(memory_order_relaxed);
            if (list.compare_exchange_weak(top, word(tag_of(top) + 1, next), order)) break;
        }
        return index_of(top);
    }

    // The node is the caller's, and no longer once this has returned.
    [[gnu::always_inline]] void put(atomic<std::uint64_t>& list, std::uint32_t i,
                                    std::memory_order order) noexcept {
        // relaxed: a guess, which the compare-exchange checks; what lies below is left alone.
        std::uint64_t top = list.load(memory_order_relaxed);
        do {
            // relaxed: the compare-exchange publishes it.
            nodes_[i].next.store(index_of(top), memory_order_relaxed);
        } while (!list.compare_exchange_weak(top, word(tag_of(top), i), order));
    }

    // Written once; the alignment keeps them off the lines of what comes before the stack in memory.
    alignas(no_false_sharing) const std::size_t capacity_;
    const std::unique_ptr<node[]> nodes_;

    alignas(no_false_sharing) atomic<std::uint64_t> head_;
    alignas(no_false_sharing) atomic<std::uint64_t> free_;
};

// Three groups of members, none of which shares a line with another or with what follows the stack.
static_assert(sizeof(treiber_stack<int>) == 3 * no_false_sharing);
static_assert(alignof(treiber_stack<int>) == no_false_sharing);

}  // namespace handoff
