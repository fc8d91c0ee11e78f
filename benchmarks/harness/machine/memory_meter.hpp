// What the memory role reads its figures from. Only the binary of that workload has a real one
// (allocation_meter.hpp): whatever stands between a program and its allocator has no business in a timed run.
#pragma once

#include <cstdint>

namespace handoff {

// What the process had taken from its allocators at one moment.
struct memory_use {
    std::int64_t live_bytes = 0;    // handed out and not yet given back
    std::int64_t peak_bytes = 0;    // the most that this has been since restart_peak
    std::uint64_t allocations = 0;  // calls that handed out memory, since the process began
};

class memory_meter {
public:
    virtual ~memory_meter() = default;
    virtual memory_use read() const = 0;
    virtual void restart_peak() = 0;
};

}  // namespace handoff
