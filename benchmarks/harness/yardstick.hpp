// The yardstick: the raw round trip of one cache line between two CPUs, the physical limit of a hand-over
// there and then. Taken before and after every sample, it tells how far apart the host has put the two
// virtual CPUs at that moment.
#pragma once

#include <optional>
#include <utility>
#include <vector>

namespace handoff {

// Median round trip in ns over several batches between two CPUs.
double cache_line_round_trip_ns(int cpu_a, int cpu_b);

// At most 8 of the pairs, spread evenly over them. 256 CPUs make 32,640 pairs, of a millisecond or more each.
std::vector<std::pair<int, int>> measured_pairs(const std::vector<std::pair<int, int>>& pairs);

// The median over the measured ones of the pairs in play; nothing if there is no pair.
std::optional<double> yardstick_ns(const std::vector<std::pair<int, int>>& pairs);

}  // namespace handoff
