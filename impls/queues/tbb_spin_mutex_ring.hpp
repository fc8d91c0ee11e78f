// A bounded ring under oneTBB's spin lock, which backs off exponentially and then yields.
//
// Progress, memory and linearization: see locked_ring.hpp; fairness: see the lock.
#pragma once

#include "../queue.hpp"
#include "../support/spin_mutex.hpp"
#include "locked_ring.hpp"

namespace handoff {

template <class T>
class tbb_spin_mutex_ring : public locked_ring<T, spin_mutex> {
public:
    using producer = direct_producer<tbb_spin_mutex_ring>;
    using consumer = direct_consumer<tbb_spin_mutex_ring>;

    static constexpr queue_spec spec{
        .name = "tbb_spin_mutex_ring",
        .cite = "ring under oneTBB spin_mutex",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::bounded,
        .push = progress::blocking,
        .pop = progress::blocking,
        .delivery = order::fifo,
        .failure = try_failure::exact,
    };

    using locked_ring<T, spin_mutex>::locked_ring;
};

}  // namespace handoff
