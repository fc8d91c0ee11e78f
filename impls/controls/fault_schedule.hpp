// When the faulty controls do wrong. Not thread-safe: it is used under the queue's lock.
#pragma once

#include <cstdint>

namespace handoff {

// One item in a million, the rate at which a sampling check would still look clean. The first is item
// 1,000, so that a test or a window with far fewer than a million items meets a fault as well.
class fault_schedule {
public:
    static constexpr std::uint64_t every = 1'000'000;
    static constexpr std::uint64_t first = 1'000;

    // Counts one item and says whether it is a faulty one.
    bool next() { return ++items_ % every == first; }

private:
    std::uint64_t items_ = 0;
};

}  // namespace handoff
