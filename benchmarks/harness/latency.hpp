// A latency recorder in the manner of HdrHistogram: logarithmic buckets, each divided into 64 linear ones, so
// that a percentile is within 1/64 of the truth; the maximum is exact. Recording is an increment.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "harness/machine/clock.hpp"

namespace handoff {

class latency_recorder {
public:
    void record(ticks value) {
        ++counts_[bucket_of(value)];
        ++total_;
        if (value > highest_) highest_ = value;
    }

    latency_recorder& operator+=(const latency_recorder& other);

    std::uint64_t total() const { return total_; }
    ticks highest() const { return highest_; }

    // The smallest bucket's middle below or at which at least `share` of the values lie; 0 without values.
    double percentile(double share) const;

private:
    static constexpr unsigned sub_bits = 6;
    static constexpr std::uint64_t sub_count = std::uint64_t{1} << sub_bits;

    static std::size_t bucket_of(ticks value) {
        if (value < sub_count) return static_cast<std::size_t>(value);
        const unsigned exponent = static_cast<unsigned>(std::bit_width(value)) - 1 - sub_bits;
        return static_cast<std::size_t>((exponent + 1) * sub_count + ((value >> exponent) - sub_count));
    }
    static double middle_of(std::size_t bucket);

    std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>((64 - sub_bits + 1) * sub_count);
    std::uint64_t total_ = 0;
    ticks highest_ = 0;
};

}  // namespace handoff
