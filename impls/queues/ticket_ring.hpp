// A bounded ring under a ticket lock.
//
// Progress, memory and linearization: see locked_ring.hpp; fairness: see the lock.
#pragma once

#include "../locks/ticket_lock.hpp"
#include "../queue.hpp"
#include "locked_ring.hpp"

namespace handoff {

template <class T>
class ticket_ring : public locked_ring<T, ticket_lock> {
public:
    using producer = direct_producer<ticket_ring>;
    using consumer = direct_consumer<ticket_ring>;

    static constexpr queue_spec spec{
        .name = "ticket_ring",
        .cite =
            "ring under the lock of Reed, Kanodia, CACM 22(2), 1979; Mellor-Crummey, Scott, TOCS 9(1), 1991",
        .producers = cardinality::many,
        .consumers = cardinality::many,
        .bound = boundedness::bounded,
        .push = progress::blocking,
        .pop = progress::blocking,
        .delivery = order::fifo,
        .failure = try_failure::exact,
    };

    using locked_ring<T, ticket_lock>::locked_ring;
};

}  // namespace handoff
