// Control: a round trip over two of these takes 2% longer than over two paced_spsc_rings.
//
// Each of the two consumers stalls for 1/102 of the whole round trip T: T = base + 2 T / 102 = 1.02 base.
#pragma once

#include "stalling_ring.hpp"

namespace handoff {

template <class T>
class slightly_slowed_spsc_ring : public stalling_ring<T, std::ratio<1, 102>> {
public:
    static constexpr queue_spec spec = stalling_spec(
        "slightly_slowed_spsc_ring", "control: a round trip takes 2% longer than over paced_spsc_ring");

    using stalling_ring<T, std::ratio<1, 102>>::stalling_ring;
};

}  // namespace handoff
