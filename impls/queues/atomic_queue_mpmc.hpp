// Adapter: atomic_queue::AtomicQueueB2: two ticket counters, and per slot one byte of state and one item.
//
// Order: none. A slot's state says whether it is occupied, not whose turn it is. A producer that has
// claimed ticket t and stalls leaves its slot empty; the producer of ticket t + capacity finds the slot
// empty too, once a pop has claimed t, and fills it first. That pop then returns the later item, before all
// those between, and the order is lost even within one producer (seen: tests/progress, where threads are
// stopped). Each item still leaves exactly once.
// Progress: blocking, the try_ calls as well: after claiming a ticket a try_push waits for the slot to be
// emptied and a try_pop for it to be filled.
// Failure: full and empty are judged by the two ticket counters, at which pushes and pops take effect. Each
// end loads its own first and then the other one, which only grows, so that the judgement holds at the second
// load: exact, where loads happen in their order. They are relaxed, so that C++ does not say so; x86-64 does.
// On other processors the other end's counter may be read first, and be out of date: there any failure is
// admitted.
// Capacity: rounded up to a power of two and to at least 4,096 (max0x7ba/atomic_queue #28).
// Memory: two arrays, allocated in the constructor; every slot holds an object all the time, and a popped
// slot keeps the moved-from one until the next lap. A constructor that gets no second array leaks the first
// (seen: tests/progress).
#pragma once

#include <atomic_queue/atomic_queue.h>

#include <concepts>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "../queue.hpp"
#include "../support/first_index.hpp"
#include "../support/load_order.hpp"

namespace handoff {

// Requires of T: slots are default-constructed, and every library call is noexcept, so a throwing move
// would end the program.
template <class T>
requires std::default_initializable<T> && std::is_nothrow_move_constructible_v<T> &&
    std::is_nothrow_move_assignable_v<T>
class atomic_queue_mpmc {
public:
    using value_type = T;
    using producer = direct_producer<atomic_queue_mpmc>;
    using consumer = direct_consumer<atomic_queue_mpmc>;

    static constexpr queue_spec spec{
        .name = "atomic_queue_mpmc",
        .cite = "atomic_queue::AtomicQueueB2",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::bounded,
        .push = progress::blocking,
        .pop = progress::blocking,
        .delivery = order::unordered,
        .failure = loads_in_order ? try_failure::exact : try_failure::spurious,
        .setup_survives_bad_alloc = false,
    };

    explicit atomic_queue_mpmc(std::size_t capacity, first_index first = {})
        : queue_(checked(capacity), first) {}

    std::size_t capacity() const { return queue_.capacity(); }

    bool try_push(T&& value) { return queue_.try_push(std::move(value)); }
    bool try_pop(T& value) { return queue_.try_pop(value); }

    bool push(T&& value) {
        queue_.push(std::move(value));
        return true;
    }
    bool pop(T& value) {
        value = queue_.pop();
        return true;
    }

private:
    // The library compares sizes as int, so that the greatest power of two it can hold is 2^30.
    static unsigned checked(std::size_t capacity) {
        constexpr std::size_t limit = std::size_t{1} << 30;
        if (capacity > limit)
            throw std::length_error("atomic_queue_mpmc: capacity " + std::to_string(capacity) +
                                    " is too large; valid: 0 to " + std::to_string(limit));
        return static_cast<unsigned>(capacity);
    }

    // The library's two counters have 32 bits, which are used up within minutes.
    struct counting_from : atomic_queue::AtomicQueueB2<T> {
        counting_from(unsigned capacity, first_index first) : atomic_queue::AtomicQueueB2<T>(capacity) {
            const auto ticket = static_cast<unsigned>(first.value);
            if (ticket == 0) return;
            this->head_.store(ticket);
            this->tail_.store(ticket);
        }
    };

    counting_from queue_;
};

}  // namespace handoff
