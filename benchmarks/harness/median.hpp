// The median of measurements that somebody has kept; statistics for people are made by the scripts.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace handoff {

// The upper one of the two in the middle if their number is even. Requires one at least.
inline double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

}  // namespace handoff
