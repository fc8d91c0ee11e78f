// Concurrency Kit's event count, for several producers. It sleeps through operations that its user provides:
// here futex calls. It wakes all that sleep, and so may wake some for nothing.
//
// Progress: notify_one is wait-free, but for the system call that wakes.
#pragma once

#include <time.h>

#include <cstdint>

#include "../support/ck_event_count.hpp"
#include "../wait.hpp"

namespace handoff {

class ck_event_count_wait {
public:
    static constexpr wait_spec spec{
        .name = "ck_event_count_wait",
        .cite = "ck_ec32 of Concurrency Kit, Khuong",
        .notify = progress::wait_free,
        .meanwhile = waiting::polls_then_sleeps,
    };

    ck_event_count_wait() { ck_ec32_init(&changes_, 0); }

    template <class Attempt>
    void until(Attempt attempt) {
        for (;;) {
            // An attempt that fails did not see the change that a later value stands for.
            const std::uint32_t seen = ck_ec32_value(&changes_);
            if (attempt()) return;
            ck_ec32_wait(&changes_, &ck_event_count_mode, seen, nullptr);
        }
    }
    void notify_one() { ck_ec32_inc(&changes_, &ck_event_count_mode); }

private:
    ck_ec32 changes_{};
};

}  // namespace handoff
