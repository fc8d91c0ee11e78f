// The meter of the whole process. What is linked with it has its malloc, free, mmap and their like replaced
// by ones that count and then call the C library's, so it is linked with the memory workload only.
#pragma once

#include "harness/machine/memory_meter.hpp"

namespace handoff {

memory_meter& process_memory();

}  // namespace handoff
