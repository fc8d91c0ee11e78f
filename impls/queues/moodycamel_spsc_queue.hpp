// Adapter: moodycamel::ReaderWriterQueue: a circle of rings of up to 512 slots, grown by another ring when
// the producer has caught up with the consumer.
//
// Unbounded, through enqueue: how many items try_enqueue takes depends on where in the circle the two ends
// stand and on the rings grown before, so there is no capacity that could be promised.
// Progress: wait-free, allocation set aside: a push into a full circle calls malloc.
// Memory: rings are reused in turn and freed in the destructor, which destroys what is left. Only the
// producer links a ring in, and only the consumer leaves one, so there is no ABA.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include "../queue.hpp"
#include "../support/checked_capacity.hpp"
#include "../support/readerwriterqueue.hpp"

namespace handoff {

// Requires of T: a constructor that throws after a ring was allocated leaks that ring.
template <class T>
requires std::is_nothrow_move_constructible_v<T> && std::is_move_assignable_v<T>
class moodycamel_spsc_queue {
public:
    using value_type = T;
    using producer = direct_producer<moodycamel_spsc_queue>;
    using consumer = direct_consumer<moodycamel_spsc_queue>;

    static constexpr queue_spec spec{
        .name = "moodycamel_spsc_queue",
        .cite = "moodycamel::ReaderWriterQueue",
        .producers = cardinality::one,
        .consumers = cardinality::one,
        .bound = boundedness::unbounded,
        .push = progress::wait_free,
        .pop = progress::wait_free,
        .delivery = order::fifo,
    };

    explicit moodycamel_spsc_queue(std::size_t capacity) : queue_(checked_capacity<T>(capacity)) {}

    bool try_push(T&& value) { return queue_.enqueue(std::move(value)); }
    bool try_pop(T& value) { return queue_.try_dequeue(value); }

private:
    moodycamel::ReaderWriterQueue<T> queue_;
};

}  // namespace handoff
