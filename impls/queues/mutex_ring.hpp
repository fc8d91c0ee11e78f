// A bounded ring under a std::mutex, with two condition variables.
//
// Waiting, closing, progress, memory and linearization: see bounded_monitor.hpp.
#pragma once

#include "../queue.hpp"
#include "../support/ring_storage.hpp"
#include "bounded_monitor.hpp"

namespace handoff {

template <class T>
class mutex_ring : public bounded_monitor<T, ring_storage<T>> {
public:
    using producer = direct_producer<mutex_ring>;
    using consumer = direct_consumer<mutex_ring>;

    static constexpr queue_spec spec{
        .name = "mutex_ring",
        .cite = "bounded buffer with two condition variables: Hoare, CACM 17(10), 1974",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::bounded,
        .push = progress::blocking,
        .pop = progress::blocking,
        .delivery = order::fifo,
        .failure = try_failure::exact,
    };

    using bounded_monitor<T, ring_storage<T>>::bounded_monitor;
};

}  // namespace handoff
