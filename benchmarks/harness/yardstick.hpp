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

// The median over the pairs in play (at most some, spread evenly); nothing if there is no pair.
std::optional<double> yardstick_ns(const std::vector<std::pair<int, int>>& pairs);

}  // namespace handoff
