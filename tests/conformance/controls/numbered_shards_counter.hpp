// A shard for each handle, which adds to it by a load and a store: but there are 200, numbered for ever.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "counter.hpp"

namespace handoff::conformance {

class numbered_shards_counter {
public:
    static constexpr counter_spec spec{.name = "numbered_shards_counter",
                                       .cite = "control",
                                       .add = progress::wait_free,
                                       .read = progress::wait_free,
                                       .value = read_guarantee::quiescent};
    class handle {
    public:
        explicit handle(numbered_shards_counter& all)
            : mine_(all.shards_[all.handles_.fetch_add(1) % most]) {}
        void add(std::int64_t n) { mine_ = mine_ + n; }

    private:
        std::atomic<std::int64_t>& mine_;
    };
    std::int64_t read() const {
        std::int64_t sum = 0;
        for (const auto& shard : shards_) sum += shard;
        return sum;
    }

private:
    static constexpr std::size_t most = 200;
    std::array<std::atomic<std::int64_t>, most> shards_{};
    std::atomic<std::size_t> handles_{0};
};

}  // namespace handoff::conformance
