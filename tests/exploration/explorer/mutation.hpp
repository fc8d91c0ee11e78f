// The fault that is switched on, if any (impls/support/mutation.hpp).
#pragma once

#include <cstdint>
#include <string>

namespace handoff::exploration {

inline std::string mutation_under_test;
// How often the code of that name has run: a fault that is never met proves nothing.
inline std::uint64_t mutation_uses = 0;

}  // namespace handoff::exploration
