// One download job while workers are killed, connections cut and writes refused, at times that follow from a
// seed. What happens then does not: the kernel decides where a worker is when it is killed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace handoff {

struct chaos_outcome {
    unsigned kills = 0;
    unsigned cuts = 0;
    std::size_t saved = 0;
    std::size_t failed = 0;    // on the failed list, as the network wanted it
    std::size_t given_up = 0;  // on the failed list because of their workers
    // Empty if each document was reported once, and is either saved, whole, or on the failed list with a
    // reason that can be; else what is wrong.
    std::string wrong{};
};

chaos_outcome run_chaos(std::uint64_t seed);

}  // namespace handoff
