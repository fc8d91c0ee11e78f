// Control: what slowed_spsc_ring is held against, the same code with a stall of nothing.
#pragma once

#include "stalling_ring.hpp"

namespace handoff {

template <class T>
class paced_spsc_ring : public stalling_ring<T, std::ratio<0>> {
public:
    static constexpr queue_spec spec =
        stalling_spec("paced_spsc_ring", "control: slowed_spsc_ring without its stalls");

    using stalling_ring<T, std::ratio<0>>::stalling_ring;
};

}  // namespace handoff
