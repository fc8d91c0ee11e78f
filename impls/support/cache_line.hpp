// How far apart two variables must lie so that writing one does not slow the other.
#pragma once

#include <cstddef>

namespace handoff {

// The unit of coherence on x86-64 and most AArch64 cores.
inline constexpr std::size_t cache_line_size = 64;

// Two lines: x86 cores fetch lines in aligned pairs (Intel optimization manual, "spatial prefetcher"), and
// some AArch64 cores have lines of 128 bytes. The same value as
// folly::hardware_destructive_interference_size.
inline constexpr std::size_t no_false_sharing = 128;

}  // namespace handoff
