// How this build was made, as far as a test must know.
#pragma once

#include <cstddef>

#if defined(__SANITIZE_THREAD__)
#define HANDOFF_SANITIZED 1
#define HANDOFF_SLOWDOWN 8
#elif defined(__SANITIZE_ADDRESS__)
#define HANDOFF_SANITIZED 1
#define HANDOFF_SLOWDOWN 3
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HANDOFF_SANITIZED 1
#define HANDOFF_SLOWDOWN 8
#elif __has_feature(address_sanitizer)
#define HANDOFF_SANITIZED 1
#define HANDOFF_SLOWDOWN 3
#endif
#endif

namespace handoff::conformance {

// About how many times slower than a plain build the tests are.
#if defined(HANDOFF_SANITIZED)
inline constexpr bool is_sanitized = true;
inline constexpr std::size_t slowdown = HANDOFF_SLOWDOWN;
#else
inline constexpr bool is_sanitized = false;
inline constexpr std::size_t slowdown = 1;
#endif

// A crowd. ThreadSanitizer takes a lock of its own for each atomic operation, so that among a hundred threads
// that spin on one word the thread that they wait for may not get at it for half a minute.
inline constexpr unsigned many_threads = slowdown == 8 ? 30 : 100;

}  // namespace handoff::conformance
