// Where indices may go wrong.
#pragma once

#include <cstdint>

namespace handoff::conformance {

// The first index that no longer fits 31, 32 or 63 bits, and the one that is 0 again. A ring that keeps twice
// its ticket in a slot meets the last of them at 2^63.
inline constexpr std::uint64_t index_limits[] = {std::uint64_t{1} << 31, std::uint64_t{1} << 32,
                                                 std::uint64_t{1} << 63, 0};

// Of a queue that cannot be constructed with a first_index.
inline constexpr const char* not_tested_where_indices_wrap =
    "not tested where its indices wrap, if it has any: it cannot be constructed with a first_index";

}  // namespace handoff::conformance
