// Concurrency Kit's event count, which is C, with the operations that it asks for: the time, and Linux's
// futex.
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wkeyword-macro"
#endif
extern "C" {
#include <ck_ec.h>
}
#if defined(__clang__)
#pragma clang diagnostic pop
#endif

namespace handoff {

inline int ck_event_count_time(const ck_ec_ops*, timespec* now) {
    return clock_gettime(CLOCK_MONOTONIC, now);
}

// The deadline is a time of day of the clock above; FUTEX_WAIT_BITSET takes it so, and FUTEX_WAIT would not.
inline void ck_event_count_sleep(const ck_ec_wait_state*, const std::uint32_t* word, std::uint32_t expected,
                                 const timespec* deadline) {
    syscall(SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, expected, deadline, nullptr, FUTEX_BITSET_MATCH_ANY);
}

inline void ck_event_count_wake(const ck_ec_ops*, const std::uint32_t* word) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 0x7fffffff, nullptr, nullptr, 0);
}

inline constexpr ck_ec_ops ck_event_count_operations{
    .gettime = ck_event_count_time,
    .wait32 = ck_event_count_sleep,
    .wait64 = nullptr,  // of the 64-bit form, which is not used
    .wake32 = ck_event_count_wake,
    .wake64 = nullptr,
    .busy_loop_iter = 0,  // 0: the library's own choice, here and below
    .initial_wait_ns = 0,
    .wait_scale_factor = 0,
    .wait_shift_count = 0,
};

inline constexpr ck_ec_mode ck_event_count_mode{.ops = &ck_event_count_operations, .single_producer = false};

}  // namespace handoff
