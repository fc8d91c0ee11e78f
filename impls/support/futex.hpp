// Linux's futex: sleep while a word keeps its value. Part of the seam: see atomic.hpp.
#pragma once

#include <cstdint>
#include <optional>

#include "atomic.hpp"

#if defined(HANDOFF_EXPLORATION)
#include "exploration/explorer/futex.hpp"
#else
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#endif

namespace handoff {

#if defined(HANDOFF_EXPLORATION)
using exploration::futex_wait;
using exploration::futex_wake;
#else
static_assert(sizeof(atomic<std::uint32_t>) == sizeof(std::uint32_t), "a futex is a plain 32-bit word");

inline long futex(atomic<std::uint32_t>& word, int operation, std::uint32_t value, const timespec* timeout) {
    return syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), operation, value, timeout, nullptr, 0);
}

// Sleeps until a wake-up or the timeout; returns at once if the word no longer has this value. May return
// early.
inline void futex_wait(atomic<std::uint32_t>& word, std::uint32_t value,
                       std::optional<std::int64_t> timeout_ns) {
    timespec timeout{};
    if (timeout_ns) timeout = {*timeout_ns / 1'000'000'000, *timeout_ns % 1'000'000'000};
    futex(word, FUTEX_WAIT_PRIVATE, value, timeout_ns ? &timeout : nullptr);
}

inline void futex_wake(atomic<std::uint32_t>& word, int how_many) {
    futex(word, FUTEX_WAKE_PRIVATE, static_cast<std::uint32_t>(how_many), nullptr);
}
#endif

}  // namespace handoff
