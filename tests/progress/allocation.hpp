// All memory that the test's own object files ask for: operator new and, through the linker's --wrap, malloc
// and its kin. So a test can make the nth allocation fail and see what leaks, and no thread is stopped inside
// the allocator (stop.hpp). What a shared library allocates inside, as oneTBB does, is out of reach.
#pragma once

#include <cstdint>

namespace handoff::stalls {

// While one lives, the nth allocation of this thread from now on fails.
class failing_allocation {
public:
    explicit failing_allocation(std::uint64_t nth);
    failing_allocation(const failing_allocation&) = delete;
    failing_allocation& operator=(const failing_allocation&) = delete;
    ~failing_allocation();

    bool happened() const;
};

// Blocks that this thread has allocated, less those that it has freed.
std::int64_t blocks_held();

}  // namespace handoff::stalls
