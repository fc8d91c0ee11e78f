// The seam, with mutex.hpp, pause.hpp and futex.hpp beside it: the one place where our implementations get
// what threads share, so that the same source can run on another memory model. Normally these are plain
// aliases of the standard library, at no cost. With HANDOFF_EXPLORATION, which only the binary of
// tests/exploration defines for all that it is made of, they are the explorer's.
#pragma once

#include <atomic>

#if defined(HANDOFF_EXPLORATION)
#include "exploration/explorer/atomic.hpp"
#endif

namespace handoff {

#if defined(HANDOFF_EXPLORATION)
using exploration::atomic;
using exploration::atomic_thread_fence;
using exploration::plain;
#else
template <class T>
using atomic = std::atomic<T>;

using std::atomic_thread_fence;

// A variable that is not atomic but that several threads use, in turns that something else arranges. The
// explorer checks that they do take turns.
template <class T>
using plain = T;
#endif

using std::memory_order_acq_rel;
using std::memory_order_acquire;
using std::memory_order_relaxed;
using std::memory_order_release;
using std::memory_order_seq_cst;

}  // namespace handoff
