// Adapter: ck_ring of Concurrency Kit with its spsc functions: two indices of 32 bits, each written by
// one end.
// For: C programs, and C++ programs with items that can be copied as bytes, that need a small ring with
// no dependencies.
//
// Failure: each end judges by its own index and by a load of the other one: exact for each end by itself.
// Capacity: a power of two less one, since one slot stays empty.
// Memory: one array, allocated in the constructor. The library is given its slots by the caller, and
// copies items as bytes; T is trivial, so nothing is left to destroy.
// The library orders by assembly, and its ring keeps the producers' index and the size on two lines that
// lie next to the consumers' one.
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
class ck_spsc_ring {
public:
    using value_type = T;
    using producer = direct_producer<ck_spsc_ring>;
    using consumer = direct_consumer<ck_spsc_ring>;

    static constexpr queue_spec spec{
        .name = "ck_spsc_ring",
        .cite = "ck_ring, Concurrency Kit, spsc",
        .producers = cardinality::one,
        .consumers = cardinality::one,
        .bound = boundedness::bounded,
        .push = progress::wait_free,
        .pop = progress::wait_free,
        .delivery = order::fifo,
        .failure = try_failure::exact_per_end,
    };

    explicit ck_spsc_ring(std::size_t capacity, first_index first = {}) : ring_(capacity, first) {}

    std::size_t capacity() const { return ring_.capacity(); }

    bool try_push(const T& value) {
        const opaque_push call(this);
        return ring_.push_by_one(value);
    }
    bool try_pop(T& value) {
        const opaque_pop call(this);
        return ring_.pop_by_one(value);
    }

private:
    ck_ring_of<T> ring_;
};

}  // namespace handoff
