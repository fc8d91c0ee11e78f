// The futex as the explorer sees it. The kernel compares the word's latest value and falls asleep in one
// step; it may wake a thread for no reason; and it orders no memory: what it does besides is nothing to rely
// on.
#pragma once

#include <cstdint>
#include <optional>

#include "atomic.hpp"

namespace handoff::exploration {

void futex_wait(atomic<std::uint32_t>& word, std::uint32_t value, std::optional<std::int64_t> timeout_ns);
void futex_wake(atomic<std::uint32_t>& word, int how_many);

}  // namespace handoff::exploration
