// Which cases --benchmark_filter selects, by Google Benchmark's own rules. Applied before registration: its
// registry takes time that grows with the square of the cases, and the matrix has many thousands.
#pragma once

#include <string>
#include <vector>

namespace handoff {

// What Google Benchmark appends to a name that is registered with Iterations(1) and UseManualTime().
inline constexpr const char* printed_suffix = "/iterations:1/manual_time";

// The indices of the names, as printed, that the filter selects. Throws misuse if it is no regular
// expression.
std::vector<std::size_t> selected(const std::vector<std::string>& names, const std::string& filter);

}  // namespace handoff
