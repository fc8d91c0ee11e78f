// Adapter: xenium::vyukov_bounded_queue in its weak form: D. Vyukov's bounded MPMC queue (2010), a ring of
// cells with a sequence number each. The strong form waits inside of a try_ call for an operation that is
// under way, and does so without giving up the CPU: a hundred threads on two CPUs came to a stand for 30 s.
// For: a small bounded queue for any threads.
//
// Order: linearizable FIFO; a push and a pop take effect when they claim their cell.
// Progress: blocking: a thread that is stopped after its claim holds up who needs its cell.
// Failure: also while an operation of the other end is under way (in flight).
// Capacity: a power of two, of at least two.
// Memory: one array, allocated in the constructor. Every cell holds an object all the time, and a popped
// cell keeps the moved-from one until the next lap.
#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

#include <atomic>
#include <cassert>
#include <cstdint>
#include <memory>
#include <xenium/vyukov_bounded_queue.hpp>

#include "../queue.hpp"
#include "../support/checked_capacity.hpp"

namespace handoff {

// Requires of T: cells are default-constructed. A call that threw after its claim would leave a cell that
// nobody can use any more.
template <class T>
requires std::default_initializable<T> && std::is_nothrow_move_assignable_v<T>
class xenium_vyukov_ring {
public:
    using value_type = T;
    using producer = direct_producer<xenium_vyukov_ring>;
    using consumer = direct_consumer<xenium_vyukov_ring>;

    static constexpr queue_spec spec{
        .name = "xenium_vyukov_ring",
        .cite = "xenium::vyukov_bounded_queue: Vyukov, 2010",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::bounded,
        .push = progress::blocking,
        .pop = progress::blocking,
        .delivery = order::fifo,
        .failure = try_failure::in_flight,
    };

    explicit xenium_vyukov_ring(std::size_t capacity)
        : capacity_(std::bit_ceil(std::max<std::size_t>(checked_capacity<T>(capacity), 2))),
          queue_(capacity_) {}

    std::size_t capacity() const { return capacity_; }

    bool try_push(T&& value) { return queue_.try_push_weak(std::move(value)); }
    bool try_pop(T& value) { return queue_.try_pop_weak(value); }

private:
    const std::size_t capacity_;
    xenium::vyukov_bounded_queue<T> queue_;
};

}  // namespace handoff
