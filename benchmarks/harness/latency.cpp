#include "latency.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace handoff {

latency_recorder& latency_recorder::operator+=(const latency_recorder& other) {
    std::ranges::transform(counts_, other.counts_, counts_.begin(), std::plus<>());
    total_ += other.total_;
    highest_ = std::max(highest_, other.highest_);
    return *this;
}

double latency_recorder::middle_of(std::size_t bucket) {
    if (bucket < sub_count) return static_cast<double>(bucket);
    const auto exponent = static_cast<int>(bucket / sub_count) - 1;
    const auto position = static_cast<double>(bucket % sub_count + sub_count);
    return std::ldexp(position + 0.5, exponent);
}

double latency_recorder::percentile(double share) const {
    const double wanted = share * static_cast<double>(total_);
    std::uint64_t below = 0;
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
        below += counts_[bucket];
        if (below > 0 && static_cast<double>(below) >= wanted)
            return std::min(middle_of(bucket), static_cast<double>(highest_));
    }
    return 0.0;
}

}  // namespace handoff
