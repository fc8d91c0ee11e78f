// The one place where our implementations get their atomics, so that the same source can run on another
// memory model (a scheduler that explores interleavings) by changing this alias.
#pragma once

#include <atomic>

namespace handoff {

template <class T>
using atomic = std::atomic<T>;

using std::atomic_thread_fence;

using std::memory_order_acq_rel;
using std::memory_order_acquire;
using std::memory_order_relaxed;
using std::memory_order_release;
using std::memory_order_seq_cst;

}  // namespace handoff
