// Adapter: ck_ring of Concurrency Kit with its spmc functions. One producer fills a slot and moves its
// index on. A pop copies the item and then claims it by a compare-exchange on the consumers' index.
// For: one thread that hands work to several, in C programs, and in C++ programs with items that can be
// copied as bytes.
//
// Order: linearizable FIFO.
// Failure: each end judges by its own index and by a load of the other one: exact for each end by itself.
// Capacity: a power of two less one, since one slot stays empty.
// Memory: one array, allocated in the constructor. The library copies items as bytes; T is trivial, so
// nothing is left to destroy. A pop may copy a slot that is being filled anew: then its compare-exchange
// fails.
// ABA: the indices have 32 bits. A pop that sleeps between its copy and its compare-exchange for exactly
// 2^32 pops of others returns an old item; at 10 ns each that is 43 s.
//
// The library's mpmc functions are not here. Their pushes wait for one another in the order of their
// claims, and spin without ever giving way. With more threads than CPUs a push that is preempted then
// costs the others whole time slices: three producers and three consumers on two busy CPUs passed 3,500 items
// a second.
#pragma once

#include <cstddef>
#include <type_traits>

#include "../queue.hpp"
#include "../support/ck_ring.hpp"
#include "../support/first_index.hpp"
#include "../support/opaque_call.hpp"

namespace handoff {

// Requires of T: the library copies items by memcpy.
template <class T>
requires std::is_trivially_copyable_v<T> && std::is_copy_assignable_v<T>
class ck_spmc_ring {
public:
    using value_type = T;
    using producer = direct_producer<ck_spmc_ring>;
    using consumer = direct_consumer<ck_spmc_ring>;

    static constexpr queue_spec spec{
        .name = "ck_spmc_ring",
        .cite = "ck_ring, Concurrency Kit, spmc",
        .producers = cardinality::one,
        .consumers = cardinality::many,
        .bound = boundedness::bounded,
        .push = progress::wait_free,
        .pop = progress::lock_free,
        .delivery = order::fifo,
        .failure = try_failure::exact_per_end,
    };

    explicit ck_spmc_ring(std::size_t capacity, first_index first = {}) : ring_(capacity, first) {}

    std::size_t capacity() const { return ring_.capacity(); }

    bool try_push(const T& value) {
        const opaque_push call(this);
        return ring_.push_by_one(value);
    }
    bool try_pop(T& value) {
        const opaque_pop call(this);
        return ring_.pop_by_many(value);
    }

private:
    ck_ring_of<T> ring_;
};

}  // namespace handoff
