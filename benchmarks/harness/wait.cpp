#include "wait.hpp"

#include <sched.h>
#include <time.h>

#include <algorithm>

namespace handoff {

void wait_loop::back_off(std::uint64_t round) {
    // 1, 2, 4 … 256 pauses: at 40 ns each the longest is about 10 µs, some transfers of a contended line.
    const std::uint64_t pauses = std::uint64_t{1} << std::min<std::uint64_t>(round, 8);
    for (std::uint64_t i = 0; i < pauses; ++i) handoff::pause();
}

void wait_loop::give_cpu_away() {
    sched_yield();
}

void wait_loop::sleep_1ms() {
    const timespec pause{0, 1'000'000};
    nanosleep(&pause, nullptr);
}

}  // namespace handoff
