// Control: what slowed_spsc_ring is held against, the same code with a stall of nothing.
#pragma once

#include "stalling_ring.hpp"

namespace handoff {

template <class T>
class paced_spsc_ring : public stalling_ring<T, std::ratio<0>> {
public:
    using producer = direct_producer<paced_spsc_ring>;
    using consumer = direct_consumer<paced_spsc_ring>;

    static constexpr queue_spec spec{
        .name = "paced_spsc_ring",
        .cite = "control: slowed_spsc_ring without its stalls",
        .producers = cardinality::one,
        .consumers = cardinality::one,
        .bound = boundedness::bounded,
        .push = progress::wait_free,
        .pop = progress::wait_free,
        .delivery = order::fifo,
    };

    using stalling_ring<T, std::ratio<0>>::stalling_ring;
};

}  // namespace handoff
