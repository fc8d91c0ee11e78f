// Control: a round trip over two of these takes 5% longer than over two paced_spsc_rings.
//
// Each of the two consumers stalls for 1/42 of the whole round trip T: T = base + 2 T / 42 = 1.05 base.
#pragma once

#include "stalling_ring.hpp"

namespace handoff {

template <class T>
class slowed_spsc_ring : public stalling_ring<T, std::ratio<1, 42>> {
public:
    static constexpr queue_spec spec =
        stalling_spec("slowed_spsc_ring", "control: a round trip takes 5% longer than over paced_spsc_ring");

    using stalling_ring<T, std::ratio<1, 42>>::stalling_ring;
};

}  // namespace handoff
