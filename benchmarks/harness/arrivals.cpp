#include "arrivals.hpp"

#include <numeric>
#include <random>

namespace handoff {

arrivals::arrivals(arrival_pattern pattern, double mean_gap_in_ticks, std::uint64_t seed)
    : gaps_(table_size, static_cast<float>(mean_gap_in_ticks)) {
    if (pattern == arrival_pattern::constant) return;
    std::mt19937_64 random(seed);
    std::exponential_distribution<double> gap;
    std::vector<double> drawn(table_size);
    for (double& one : drawn) one = gap(random);
    // The mean of a draw of 4096 is off by 1.6%; at 95% load that would be a third of what is left.
    const double scale = mean_gap_in_ticks * static_cast<double>(table_size) /
                         std::accumulate(drawn.begin(), drawn.end(), 0.0);
    for (std::size_t i = 0; i < table_size; ++i) gaps_[i] = static_cast<float>(drawn[i] * scale);
}

}  // namespace handoff
