// Adapter: tbb::concurrent_bounded_queue: the tickets and pages of tbb_concurrent_queue.hpp, a limit on the
// distance between the two counters, and a monitor on which push and pop sleep.
//
// Order and progress: as in tbb_concurrent_queue.hpp. Failure: full and empty are judged by the two ticket
// counters, at which pushes and pops take effect, so a failure is exact.
// Waiting: push and pop take their ticket first, then sleep until it is due. There is no close: the
// library's abort() wakes who waits at that moment with an exception and leaves the queue open.
// Memory: pages are allocated and freed all the time, bounded or not.
#pragma once

#include <tbb/concurrent_queue.h>

#include <cstddef>
#include <type_traits>
#include <utility>

#include "../queue.hpp"
#include "../support/checked_capacity.hpp"

namespace handoff {

// Requires of T: a push that throws leaves an invalid entry that takes up room until a pop passes it, and
// an item whose move assignment throws in a pop is destroyed by the library, hence lost.
template <class T>
requires std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T>
class tbb_bounded_queue {
public:
    using value_type = T;
    using producer = direct_producer<tbb_bounded_queue>;
    using consumer = direct_consumer<tbb_bounded_queue>;

    static constexpr queue_spec spec{
        .name = "tbb_bounded_queue",
        .cite = "tbb::concurrent_bounded_queue, oneTBB",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::bounded,
        .push = progress::blocking,
        .pop = progress::blocking,
        .delivery = order::fifo,
    };

    explicit tbb_bounded_queue(std::size_t capacity) {
        queue_.set_capacity(static_cast<std::ptrdiff_t>(checked_capacity<T>(capacity)));
    }

    std::size_t capacity() const { return static_cast<std::size_t>(queue_.capacity()); }

    bool try_push(T&& value) { return queue_.try_push(std::move(value)); }
    bool try_pop(T& value) { return queue_.try_pop(value); }

    bool push(T&& value) {
        queue_.push(std::move(value));
        return true;
    }
    bool pop(T& value) {
        queue_.pop(value);
        return true;
    }

private:
    tbb::concurrent_bounded_queue<T> queue_;
};

}  // namespace handoff
