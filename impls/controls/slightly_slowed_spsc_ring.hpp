// Control: a round trip over two of these takes 2% longer than over two paced_spsc_rings.
//
// Each of the two consumers stalls for 1/102 of the whole round trip T: T = base + 2 T / 102 = 1.02 base.
#pragma once

#include "stalling_ring.hpp"

namespace handoff {

template <class T>
class slightly_slowed_spsc_ring : public stalling_ring<T, std::ratio<1, 102>> {
public:
    using producer = direct_producer<slightly_slowed_spsc_ring>;
    using consumer = direct_consumer<slightly_slowed_spsc_ring>;

    static constexpr queue_spec spec{
        .name = "slightly_slowed_spsc_ring",
        .cite = "control: a round trip takes 2% longer than over paced_spsc_ring",
        .producers = cardinality::one,
        .consumers = cardinality::one,
        .bound = boundedness::bounded,
        .push = progress::wait_free,
        .pop = progress::wait_free,
        .delivery = order::fifo,
    };

    using stalling_ring<T, std::ratio<1, 102>>::stalling_ring;
};

}  // namespace handoff
