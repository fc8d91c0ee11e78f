// A bounded ring under a test-and-test-and-set lock.
//
// Progress, memory and linearization: see locked_ring.hpp; fairness: see the lock.
#pragma once

#include "../locks/ttas_lock.hpp"
#include "../queue.hpp"
#include "locked_ring.hpp"

namespace handoff {

template <class T>
class ttas_ring : public locked_ring<T, ttas_lock> {
public:
    using producer = direct_producer<ttas_ring>;
    using consumer = direct_consumer<ttas_ring>;

    static constexpr queue_spec spec{
        .name = "ttas_ring",
        .cite = "ring under the lock of Rudolph, Segall, ISCA 1984",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::bounded,
        .push = progress::blocking,
        .pop = progress::blocking,
        .delivery = order::fifo,
        .failure = try_failure::exact,
    };

    using locked_ring<T, ttas_lock>::locked_ring;
};

}  // namespace handoff
