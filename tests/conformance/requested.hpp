// What the tests of one thread that ask for a capacity have in common.
#pragma once

#include <cstddef>
#include <string>

#include "any_queue.hpp"

namespace handoff::conformance {

// Stands in for "untouched" in the argument of a pop that should fail.
inline constexpr number mark = 0x5eed;

inline std::string requested_text(std::size_t requested) {
    return "requested capacity " + std::to_string(requested);
}

}  // namespace handoff::conformance
