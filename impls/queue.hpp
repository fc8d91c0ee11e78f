// The queue contract: what an implementation says of itself (`queue_spec`), what it must offer (`queue`),
// what it may offer (`blocking_queue`, `timed_queue`, `closable_queue`, `bulk_queue`), and the handles
// through which a thread uses it. The harness and the tests know implementations only through this page.
#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

namespace handoff {

// How many threads may use one end of a queue at the same time.
enum class cardinality { one, many };

// bounded: holds capacity() items, never more. unbounded: a push fails only if memory runs out.
enum class boundedness { bounded, unbounded };

// Progress as the literature defines it (Herlihy and Shavit, "On the nature of progress", OPODIS 2011).
// A queue in which a stalled thread can keep all others from succeeding is blocking, locks or not.
enum class progress { blocking, obstruction_free, lock_free, wait_free };

// In which order items leave.
//   fifo               linearizable first-in first-out
//   per_producer_fifo  items pushed by one producer handle leave in their order. Nothing holds between two
//                      handles, not even if the same thread has used one after the other
//   k_relaxed          linearizable, but that a pop may leave behind up to spec.most_overtaken items that
//                      were pushed earlier than the one it returns
//   lifo               linearizable last-in first-out
//   unordered          every item leaves exactly once; nothing else is promised
enum class order { fifo, per_producer_fifo, k_relaxed, lifo, unordered };

// When a try_push or try_pop may fail.
//   exact          only if the queue was full or empty at some instant during the call
//   exact_per_end  only if its own end saw the queue full or empty. There is one order of the successful
//                  calls that explains every failed push, and maybe another one that explains every failed
//                  pop. Rings of two indices behave so: each end may miss the other's last step (store
//                  buffering), so that the producer finds the ring full while the consumer finds it empty
//   in_flight      also while an operation of the other end is under way, and because of places or items that
//                  operations under way at its own end have reserved (reservation queues)
//   spurious       at any time while other threads are active; never when alone
enum class try_failure { exact, exact_per_end, in_flight, spurious };

// What a queue promises. Everything that the harness, the tests and the report know of an implementation.
struct queue_spec {
    std::string_view name;  // catalog name: the same as the file and the type
    std::string_view cite;  // paper or project; a version is the build's to say (handoff_library)
    cardinality producers;
    cardinality consumers;
    boundedness bound;
    progress push;  // of try_push
    progress pop;   // of try_pop
    order delivery;
    try_failure failure = try_failure::exact;
    // k_relaxed: how many items, pushed earlier, a pop may leave behind. (k, in the words of the k-FIFO
    // queue's authors, is one more.)
    std::size_t most_overtaken = std::numeric_limits<std::size_t>::max();
    // False only for a control that is no queue at all and shows the harness's own ceiling: what comes out
    // is not what went in, so nothing is verified and nothing is ranked.
    bool conserves = true;
    // False if memory that runs out while a queue is constructed or a thread's first call sets up its part of
    // it leaks, or leaves the queue unusable.
    bool setup_survives_bad_alloc = true;
    // False if memory that runs out in any call ends the process, or leaves the queue unusable.
    bool calls_survive_bad_alloc = true;
    // The most items for which it can be constructed: 64 or more.
    std::size_t max_capacity = std::numeric_limits<std::size_t>::max();
    // What it keeps for itself of an item of 8 bytes: all bits but the lowest payload_bits (40 or more),
    // which are 0 in every item, and these values, which no item has. A queue of T that keeps T{} for every T
    // says so by a constraint on its template instead.
    unsigned payload_bits = 64;
    std::array<std::optional<std::uint64_t>, 4> reserved_values{};
};

// A queue of V, constructed with the number of items that it should hold. Asked for more than max_capacity,
// or for more than fits memory, the constructor of a bounded queue throws. Asked for 0 it throws, or makes a
// queue that holds capacity() items like any other.
//   try_push(V&&)  true: the value was taken. false: the value is untouched, and the queue was full or the
//                  failure is one that `spec.failure` admits.
//   try_pop(V&)    true: the value was replaced by the item. false: untouched; empty, or as admitted.
// A push happens-before the pop that returns its item. A call that fails moves nothing. An item lies where
// its type's alignment demands, whatever that is. A producer (consumer) is a handle. Handles are created and
// used by one thread each, any number of them at the same time or one after the other; at most one producer
// (consumer) handle exists at a time where the spec says `one`. What was pushed through a handle stays when
// the handle goes. Handles are destroyed before the queue is; the queue's destructor destroys the items that
// are left. While as many items come out as go in, the memory in use levels off; calls that fail or wait keep
// none, and a queue that was destroyed keeps none either, nor do its handles.
template <class Q>
concept queue = std::constructible_from<Q, std::size_t> &&
    std::constructible_from<typename Q::producer, Q&> && std::constructible_from<typename Q::consumer, Q&> &&
    requires(typename Q::producer p, typename Q::consumer c, typename Q::value_type v) {
    { Q::spec } -> std::same_as<const queue_spec&>;
    { p.try_push(std::move(v)) } -> std::same_as<bool>;
    { c.try_pop(v) } -> std::same_as<bool>;
};

// A bounded queue also says how many items it really holds: at least the number it was constructed with.
// When no other thread is active, exactly this many pushes succeed on an empty queue.
template <class Q>
concept bounded_queue = queue<Q> && requires(const Q& q) {
    { q.capacity() } -> std::same_as<std::size_t>;
};

// A queue with its own way to wait. push and pop return true, or false once the queue is closed: then the
// value is untouched. A pop on a closed queue still returns what is left. A queue that cannot be closed
// always returns true.
template <class Q>
concept blocking_queue = queue<Q> &&
    requires(typename Q::producer p, typename Q::consumer c, typename Q::value_type v) {
    { p.push(std::move(v)) } -> std::same_as<bool>;
    { c.pop(v) } -> std::same_as<bool>;
};

// pop_for gives up after the timeout and returns false with the value untouched; if it is zero or less, after
// one look. nanoseconds::max() is for ever. Threads in pop_for delay no call of another thread.
template <class Q>
concept timed_queue = queue<Q> &&
    requires(typename Q::consumer c, typename Q::value_type v, std::chrono::nanoseconds timeout) {
    { c.pop_for(v, timeout) } -> std::same_as<bool>;
};

// close() wakes every waiting thread; after it a push fails and a pop returns what is left. It may be called
// again, and by several threads at once.
template <class Q>
concept closable_queue = blocking_queue<Q> && requires(Q& q) {
    q.close();
};

// Several items in one call. A bulk call is as if the handle had made single calls, one after another, until
// one failed or all `count` had succeeded; it returns how many succeeded. So order, failure and progress are
// those of the single calls, and calls of other threads may fall between two items of a bulk.
//   try_push_bulk(items, count)  the first of items[0], items[1], … went in; the others are untouched
//   try_pop_bulk(items, count)   the first of items[0], items[1], … were replaced; the others are untouched
// A count of 0 returns 0 and does not look at `items`. If the move of an item throws, the items before it
// have gone in (come out), and it and those behind it have not; a queue may refuse bulk calls to types whose
// moves can throw, by a constraint on the calls.
template <class Q>
concept bulk_queue = queue<Q> && requires(typename Q::producer p, typename Q::consumer c,
                                          typename Q::value_type* items, std::size_t count) {
    { p.try_push_bulk(items, count) } -> std::same_as<std::size_t>;
    { c.try_pop_bulk(items, count) } -> std::same_as<std::size_t>;
};

// Whether Q can hold items of type T: an implementation says no by a constraint on its template.
template <template <class> class Q, class T>
concept holds = requires {
    typename Q<T>;
};

// The pass-through handles for a queue whose operations need no per-thread state.
template <class Q>
class direct_producer {
public:
    explicit direct_producer(Q& q) : queue_(&q) {}

    template <class V>
    bool try_push(V&& value) {
        return queue_->try_push(std::forward<V>(value));
    }
    template <class V>
    bool push(V&& value) requires requires(Q& q) {
        q.push(std::forward<V>(value));
    }
    { return queue_->push(std::forward<V>(value)); }
    template <class V>
    std::size_t try_push_bulk(V* items, std::size_t count) requires requires(Q& q) {
        q.try_push_bulk(items, count);
    }
    { return queue_->try_push_bulk(items, count); }

private:
    Q* queue_;
};

template <class Q>
class direct_consumer {
public:
    explicit direct_consumer(Q& q) : queue_(&q) {}

    template <class V>
    bool try_pop(V& value) {
        return queue_->try_pop(value);
    }
    template <class V>
    bool pop(V& value) requires requires(Q& q) {
        q.pop(value);
    }
    { return queue_->pop(value); }
    template <class V>
    bool pop_for(V& value, std::chrono::nanoseconds timeout) requires requires(Q& q) {
        q.pop_for(value, timeout);
    }
    { return queue_->pop_for(value, timeout); }
    template <class V>
    std::size_t try_pop_bulk(V* items, std::size_t count) requires requires(Q& q) {
        q.try_pop_bulk(items, count);
    }
    { return queue_->try_pop_bulk(items, count); }

private:
    Q* queue_;
};

}  // namespace handoff
