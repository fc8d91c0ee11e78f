// SCQ: a bounded lock-free queue over single-width atomics. The items lie in an array of places; a ring of
// indices holds the numbers of the free places and another one those of the full ones (scq_index_ring.hpp).
//
// R. Nikolaev, "A scalable, portable, and memory-efficient lock-free FIFO queue", DISC 2019.
// Deviations: the capacity is exactly the one asked for, but at least 2, since a single stopped push would
// keep everybody else from succeeding; the rings are made for `threads` threads at a time even if the
// capacity is less.
//
// Progress: lock-free, both operations. A thread that is stopped inside keeps one place out of use, as if the
// capacity were one less; with as many threads stopped as there are places, none is left.
//
// Failure: a push fails if no place is free, and a place is free only once its pop has returned it; a pop
// fails if no place is full. Both is what try_failure::in_flight admits. With more than `threads` threads in
// the queue at a time, a call may also fail because so many others were under way.
//
// Memory: three allocations for the queue's life; nothing is reclaimed. No ABA: the positions of the rings
// only grow.
//
// Items are moved in and out by the thread that has taken the place. It must finish, or the place is lost. So
// moving T must not throw, and a T whose move may throw is refused at compile time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include "../queue.hpp"
#include "../support/make_slots.hpp"
#include "../support/ring_storage.hpp"
#include "scq_index_ring.hpp"

namespace handoff {

template <class T>
requires std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
    std::is_nothrow_destructible_v<T>
class scq_mpmc_ring {
public:
    using value_type = T;
    using producer = direct_producer<scq_mpmc_ring>;
    using consumer = direct_consumer<scq_mpmc_ring>;

    static constexpr queue_spec spec{
        .name = "scq_mpmc_ring",
        .cite = "SCQ: Nikolaev, DISC 2019",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::bounded,
        .push = progress::lock_free,
        .pop = progress::lock_free,
        .delivery = order::fifo,
        .failure = try_failure::in_flight,
    };

    // More threads than use a queue on the largest machines of today.
    static constexpr std::size_t most_threads = 512;

    explicit scq_mpmc_ring(std::size_t capacity, std::size_t threads = most_threads)
        : capacity_(std::max<std::size_t>(capacity, 2)),
          places_(make_slots<place>(capacity_)),
          free_(power_of_two_slots(capacity_, threads), capacity_),
          full_(power_of_two_slots(capacity_, threads), 0) {}
    scq_mpmc_ring(const scq_mpmc_ring&) = delete;
    scq_mpmc_ring& operator=(const scq_mpmc_ring&) = delete;

    ~scq_mpmc_ring() {
        for (std::uint64_t i = full_.pop(); i != full_.none; i = full_.pop())
            std::destroy_at(&places_[i].value);
    }

    std::size_t capacity() const { return capacity_; }

    bool try_push(T&& value) noexcept {
        const std::uint64_t i = free_.pop();
        if (i == free_.none) return false;
        std::construct_at(&places_[i].value, std::move(value));
        full_.push(i);  // LP(try_push): its compare-exchange
        return true;
    }

    bool try_pop(T& value) noexcept {
        const std::uint64_t i = full_.pop();  // LP(try_pop)
        if (i == full_.none) return false;
        value = std::move(places_[i].value);
        std::destroy_at(&places_[i].value);
        free_.push(i);
        return true;
    }

private:
    // The value is alive while the place's number is in full_, and for a moment before and after.
    struct place {
        place() {}
        ~place() {}

        union {
            T value;
        };
    };

    const std::size_t capacity_;
    const std::unique_ptr<place[]> places_;
    scq_index_ring free_;
    scq_index_ring full_;
};

}  // namespace handoff
