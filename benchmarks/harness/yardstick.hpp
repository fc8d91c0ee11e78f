// The yardstick: the raw round trip of a cache line between two CPUs, there and then. Taken before and after
// every sample, it tells how far apart the host has put the two virtual CPUs at that moment. It is taken in
// four forms, and the least of them is what the hardware was seen to do. It is no limit: another program may
// do better still.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace handoff {

// Medians of batches, in ns. A line that stays is written by both sides in turns; a round trip that walks
// goes over as many lines as a small ring has, each of which has one writer. `bare` waits in a loop of loads
// alone; `paused` has the CPU's hint for such loops in it, with which some CPUs hand a line over in half the
// time.
struct round_trips {
    double bare_standing = 0.0;
    double paused_standing = 0.0;
    double bare_walking = 0.0;
    double paused_walking = 0.0;

    double hardware() const;  // the least of them
};

round_trips round_trips_between(int cpu_a, int cpu_b);

// At most 8 of the pairs, spread evenly over them. 256 CPUs make 32,640 pairs, of a millisecond or more each.
std::vector<std::pair<int, int>> measured_pairs(const std::vector<std::pair<int, int>>& pairs);

// The figures of a sample that was measured between the two, by the names of docs/samples.md.
std::vector<std::pair<std::string, double>> yardstick_figures(const round_trips& before,
                                                              const round_trips& after);

// Each form's median over the measured ones of the pairs in play; nothing if there is no pair.
std::optional<round_trips> yardstick(const std::vector<std::pair<int, int>>& pairs);

}  // namespace handoff
