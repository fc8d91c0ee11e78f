// Where a ring's 64-bit indices begin, or a stack's tags: at 0, but for a test that wants to see what
// happens as they pass 2^32 or wrap at 2^64, which an index that counts 100 million items a second reaches
// after 5,800 years. A queue that can be constructed with one, after its capacity, gets these tests.
#pragma once

#include <cstdint>

namespace handoff {

struct first_index {
    std::uint64_t value = 0;
};

}  // namespace handoff
