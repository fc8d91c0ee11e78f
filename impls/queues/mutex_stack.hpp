// A bounded stack under a std::mutex, with two condition variables: what Python's queue.LifoQueue(maxsize)
// is.
//
// Waiting, closing, progress, memory and linearization: see bounded_monitor.hpp.
#pragma once

#include "../queue.hpp"
#include "../support/stack_storage.hpp"
#include "bounded_monitor.hpp"

namespace handoff {

template <class T>
class mutex_stack : public bounded_monitor<T, stack_storage<T>> {
public:
    using producer = direct_producer<mutex_stack>;
    using consumer = direct_consumer<mutex_stack>;

    static constexpr queue_spec spec{
        .name = "mutex_stack",
        .cite = "bounded buffer of Hoare, CACM 17(10), 1974, over a stack: Python's queue.LifoQueue(maxsize)",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::bounded,
        .push = progress::blocking,
        .pop = progress::blocking,
        .delivery = order::lifo,
        .failure = try_failure::exact,
    };

    using bounded_monitor<T, stack_storage<T>>::bounded_monitor;
};

}  // namespace handoff
