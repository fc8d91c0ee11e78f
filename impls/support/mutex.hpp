// The seam for what sleeps in the kernel: see atomic.hpp.
#pragma once

#if defined(HANDOFF_EXPLORATION)
#include "exploration/explorer/mutex.hpp"
#else
#include <condition_variable>
#include <mutex>
#endif

namespace handoff {

#if defined(HANDOFF_EXPLORATION)
using exploration::condition_variable;
using exploration::mutex;
#else
using std::condition_variable;
using std::mutex;
#endif

}  // namespace handoff
