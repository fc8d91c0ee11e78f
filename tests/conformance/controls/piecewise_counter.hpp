// Says that its reads are exact, and reads one shard after the other: what they add up to may never have been
// its value.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "counter.hpp"

namespace handoff::conformance {

class piecewise_counter {
public:
    static constexpr counter_spec spec{.name = "piecewise_counter",
                                       .cite = "control",
                                       .add = progress::wait_free,
                                       .read = progress::wait_free,
                                       .value = read_guarantee::exact};

    class handle {
    public:
        explicit handle(piecewise_counter& counter) : mine_(counter.shards_[counter.handles_++ % 4]) {}
        void add(std::int64_t n) { mine_ += n; }

    private:
        std::atomic<std::int64_t>& mine_;
    };

    std::int64_t read() const {
        std::int64_t sum = 0;
        for (const auto& shard : shards_) sum += shard;
        return sum;
    }

private:
    std::array<std::atomic<std::int64_t>, 4> shards_{};
    std::atomic<std::size_t> handles_{0};
};

}  // namespace handoff::conformance
