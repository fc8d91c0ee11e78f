// Adapter: boost::lockfree::spsc_queue sized at run time. A Lamport ring: two indices, each written by one
// end, with release, and read by the other, with acquire.
//
// Memory: one array of capacity + 1 slots, allocated in the constructor; the spare slot tells full from
// empty.
// Faults in 1.74: the compile-time-sized form never destroys the items that are left
// (boostorg/lockfree #67); the run-time form used here does, by copying each of them out, so the adapter
// destroys them in place first.
#pragma once

#include <boost/lockfree/spsc_queue.hpp>
#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

#include "../queue.hpp"
#include "../support/checked_capacity.hpp"

namespace handoff {

// Requires of T: push copies, and the library's destructor default-constructs and copy-assigns one.
template <class T>
requires std::copyable<T> && std::default_initializable<T>
class boost_spsc_queue {
public:
    using value_type = T;
    using producer = direct_producer<boost_spsc_queue>;
    using consumer = direct_consumer<boost_spsc_queue>;

    static constexpr queue_spec spec{
        .name = "boost_spsc_queue",
        .cite = "boost::lockfree::spsc_queue",
        .producers = cardinality::one,
        .consumers = cardinality::one,
        .bound = boundedness::bounded,
        .push = progress::wait_free,
        .pop = progress::wait_free,
        .delivery = order::fifo,
        .failure = try_failure::exact_per_end,
    };

    explicit boost_spsc_queue(std::size_t capacity)
        : ring_(checked_capacity<T>(capacity)), capacity_(capacity) {}
    boost_spsc_queue(const boost_spsc_queue&) = delete;
    boost_spsc_queue& operator=(const boost_spsc_queue&) = delete;
    ~boost_spsc_queue() {
        ring_.consume_all([](auto&&) {});
    }

    std::size_t capacity() const { return capacity_; }

    bool try_push(const T& value) { return ring_.push(value); }

    // Through consume_one because the library's pop copies. If the assignment throws, the item stays.
    bool try_pop(T& value) {
        return ring_.consume_one([&value](auto&& item) { value = std::move(item); });
    }

    // The library copies in and out, and would lose what it had copied out before a copy that throws.
    static constexpr bool bulk_is_safe =
        std::is_nothrow_copy_constructible_v<T> && std::is_nothrow_copy_assignable_v<T>;
    std::size_t try_push_bulk(const T* items, std::size_t count) requires bulk_is_safe {
        return ring_.push(items, count);
    }
    std::size_t try_pop_bulk(T* items, std::size_t count) requires bulk_is_safe {
        return ring_.pop(items, count);
    }

private:
    boost::lockfree::spsc_queue<T> ring_;
    const std::size_t capacity_;
};

}  // namespace handoff
