// The instruction by which a spinning core yields to its sibling thread and leaves the loop cheaply. It takes
// 10 to 140 cycles depending on the CPU (Intel: Skylake raised it from about 10 to about 140), so a
// spin budget is a time, never a number of pauses.
#pragma once

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

namespace handoff {

inline void pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    _mm_pause();
#elif defined(__aarch64__)
    // isb, not yield: yield is a no-op on most cores (rust-lang/rust#84725).
    asm volatile("isb" ::: "memory");
#endif
}

}  // namespace handoff
