// Adapter: moodycamel::ConcurrentQueue with tokens. A producer handle holds the token of its own sub-queue,
// so a push needs no thread table; a consumer handle remembers the sub-queue that it is reading and moves
// on after 256 items or when that is empty.
//
// Order, failure, memory and faults: as in moodycamel_concurrent_queue.hpp. Progress: lock-free, allocation
// aside.
#pragma once

#include <concepts>
#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

#include "../queue.hpp"
#include "../support/checked_capacity.hpp"
#include "../support/moodycamel.hpp"

namespace handoff {

// Requires of T: an item whose move assignment throws in a pop is destroyed by the library, hence lost.
template <class T>
requires std::move_constructible<T> && std::is_nothrow_move_assignable_v<T>
class moodycamel_token_queue {
public:
    using value_type = T;

    static constexpr queue_spec spec{
        .name = "moodycamel_token_queue",
        .cite = "moodycamel::ConcurrentQueue with tokens",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::unbounded,
        .push = progress::lock_free,
        .pop = progress::lock_free,
        .delivery = order::per_producer_fifo,
        .failure = try_failure::spurious,
    };

    class producer {
    public:
        // A token is invalid if its sub-queue could not be allocated; the library would follow a null
        // pointer.
        explicit producer(moodycamel_token_queue& q) : queue_(&q.queue_), token_(q.queue_) {
            if (!token_.valid()) throw std::bad_alloc{};
        }
        bool try_push(T&& value) { return queue_->enqueue(token_, std::move(value)); }

        // All or none goes in; the library would lose what it had moved before a move that throws.
        std::size_t try_push_bulk(T* items,
                                  std::size_t count) requires std::is_nothrow_move_constructible_v<T> {
            return enqueue_all(*queue_, items, count, token_);
        }

    private:
        moodycamel::ConcurrentQueue<T>* queue_;
        moodycamel::ProducerToken token_;
    };

    class consumer {
    public:
        explicit consumer(moodycamel_token_queue& q) : queue_(&q.queue_), token_(q.queue_) {}
        bool try_pop(T& value) { return queue_->try_dequeue(token_, value); }
        std::size_t try_pop_bulk(T* items,
                                 std::size_t count) requires std::is_nothrow_move_constructible_v<T> {
            return count > 0 ? queue_->try_dequeue_bulk(token_, items, count) : 0;
        }

    private:
        moodycamel::ConcurrentQueue<T>* queue_;
        moodycamel::ConsumerToken token_;
    };

    explicit moodycamel_token_queue(std::size_t capacity) : queue_(checked_capacity<T>(capacity)) {}

private:
    moodycamel::ConcurrentQueue<T> queue_;
};

}  // namespace handoff
