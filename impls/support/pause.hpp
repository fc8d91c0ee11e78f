// What a spinning thread does between two looks. Part of the seam: see atomic.hpp.
#pragma once

#if defined(HANDOFF_EXPLORATION)
#include "exploration/explorer/pause.hpp"
#else
#include <sched.h>
#endif

namespace handoff {

#if defined(HANDOFF_EXPLORATION)
using exploration::pause;
using exploration::yield;
#else
// The instruction by which a spinning core yields to its sibling thread and leaves the loop cheaply. It takes
// 10 to 140 cycles depending on the CPU (Intel: Skylake raised it from about 10 to about 140), so a
// spin budget is a time, never a number of pauses.
inline void pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();  // <immintrin.h> would cost each file that includes this half a second
#elif defined(__aarch64__)
    // isb, not yield: yield is a no-op on most cores (rust-lang/rust#84725).
    asm volatile("isb" ::: "memory");
#endif
}

// Gives the processor to another thread.
inline void yield() noexcept {
    ::sched_yield();
}
#endif

}  // namespace handoff
