// The seam for oneTBB's spin lock: see atomic.hpp. The explorer cannot look inside, since it is compiled
// against the hardware's atomics; for it the lock is what its contract says, as std::mutex is.
#pragma once

#if defined(HANDOFF_EXPLORATION)
#include "exploration/explorer/mutex.hpp"
#else
#include <tbb/spin_mutex.h>
#endif

namespace handoff {

#if defined(HANDOFF_EXPLORATION)
using spin_mutex = exploration::mutex;
#else
using spin_mutex = tbb::spin_mutex;
#endif

}  // namespace handoff
