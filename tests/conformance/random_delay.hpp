// A delay of another length each time, now and then a nap: so that threads meet at all moments.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>
#include <thread>

namespace handoff::conformance {

class random_delay {
public:
    explicit random_delay(std::uint64_t seed) : random_(static_cast<std::uint32_t>(seed + 1)) {}

    void pass() {
        if (random_() % 4 == 0) std::this_thread::sleep_for(std::chrono::microseconds(random_() % 100));
        const auto steps = random_() % 4'000;
        for (unsigned i = 0; i < steps; ++i) asm volatile("" ::: "memory");
    }

private:
    std::minstd_rand random_;
};

}  // namespace handoff::conformance
