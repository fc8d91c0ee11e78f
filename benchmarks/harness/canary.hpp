// The canary: how long the CPUs take for one step of fixed arithmetic. Each step needs the result of the one
// before, without touching memory, so a step is a fixed number of cycles: where it takes longer, the CPU runs
// at a lower frequency (heat, power, a busy neighbour on the same core) or was taken away.
#pragma once

#include <cstdint>
#include <vector>

namespace handoff {

// `steps` dependent steps from `seed`.
std::uint64_t serial_chain(std::uint64_t seed, std::uint64_t steps) noexcept;

// ns per step on each of the CPUs at once, the slowest of them: a hand-over is as slow as its slower end.
double canary_ns(const std::vector<int>& cpus);

}  // namespace handoff
