// When items are due in an open loop: by a clock, whatever became of the items before.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "harness/machine/clock.hpp"

namespace handoff {

//   constant  evenly spaced
//   poisson   exponential gaps: what many independent senders look like together
enum class arrival_pattern { constant, poisson };

inline constexpr std::array<std::string_view, 2> arrival_names = {"constant", "poisson"};

constexpr std::string_view name_of(arrival_pattern pattern) {
    return arrival_names[static_cast<std::size_t>(pattern)];
}

class arrivals {
public:
    // A gap of 0 makes everything due at once: as fast as it can.
    arrivals(arrival_pattern pattern, double mean_gap_in_ticks, std::uint64_t seed);

    // Ticks from the beginning to the next item's due time. A table look-up and an addition: drawing from
    // the distribution here would take longer than many a queue.
    [[gnu::always_inline]] ticks next() {
        due_ += gaps_[at_];
        at_ = (at_ + 1) % table_size;
        return static_cast<ticks>(due_);
    }

    // The gaps come round again after so many; they add up to this many mean gaps exactly.
    static constexpr std::size_t table_size = 4096;

private:
    std::vector<float> gaps_;
    std::size_t at_ = 0;
    double due_ = 0.0;
};

}  // namespace handoff
