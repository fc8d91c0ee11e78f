#include "wait.hpp"

#include <sched.h>
#include <time.h>

#include <algorithm>
#include <utility>

namespace handoff {
namespace {

void back_off(std::uint64_t round) {
    // 1, 2, 4 … 256 pauses: at 40 ns each the longest is about 10 µs, some transfers of a contended line.
    const std::uint64_t pauses = std::uint64_t{1} << std::min<std::uint64_t>(round, 8);
    for (std::uint64_t i = 0; i < pauses; ++i) handoff::pause();
}

void sleep_1ms() {
    const timespec pause{0, 1'000'000};
    nanosleep(&pause, nullptr);
}

}  // namespace

void wait_loop::start() {
    stamped_ = (waits_++ & stamp_mask_) == 0;
    last_ = false;
    round_ = 0;
    if (stamped_ || kind_ == wait_kind::adaptive) start_ = harness_clock::now();
}

void wait_loop::wait() {
    switch (kind_) {
        case wait_kind::spin:
        case wait_kind::own:
            return;
        case wait_kind::pause:
            return handoff::pause();
        case wait_kind::backoff:
            return back_off(round_++);
        case wait_kind::yield:
            sched_yield();
            return;
        case wait_kind::sleep_1ms:
            return sleep_1ms();
        case wait_kind::adaptive:
            if (harness_clock::now() - start_ < spin_budget_) return handoff::pause();
            [[fallthrough]];
        case wait_kind::block:
        case wait_kind::timed:
            announced_ = true;
            epoch_ = mine_.announce();
            return;
    }
}

void wait_loop::sleep() {
    if (kind_ == wait_kind::timed) {
        mine_.sleep(epoch_, 1'000'000);
    } else {
        // Without a bound: a wake-up that gets lost is a hang, and is seen.
        mine_.sleep(epoch_);
    }
    retract();
}

void wait_loop::retract() {
    if (std::exchange(announced_, false)) mine_.retract();
}

// Whatever ends a wait that was stamped or announced.
void wait_loop::settle() {
    retract();
    if (stamped_) waiting_ += (harness_clock::now() - start_) * (stamp_mask_ + 1);
}

}  // namespace handoff
