// Work of a known length that touches no memory: what threads do between the operations that are measured.
#pragma once

#include <cstdint>

namespace handoff {

// A step is a multiplication that needs the result of the one before: 3 to 5 cycles, about 1 ns. Steps and
// not time, because a look at the clock costs more than a short section, and because a thread that was
// preempted has its work still before it.
[[gnu::always_inline]] inline void spend(unsigned steps) {
    std::uint64_t product = 1;
    for (unsigned i = 0; i < steps; ++i) {
        product *= 0x9E3779B97F4A7C15;  // odd, so never 0
        asm volatile("" : "+r"(product));
    }
}

// How long one takes here, measured once.
double step_ns();

}  // namespace handoff
