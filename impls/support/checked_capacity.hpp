// For a library that computes with the capacity before it looks whether there can be so much memory, or
// allocates piece by piece until there is none.
#pragma once

#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>

namespace handoff {

// The capacity, unless items of T and what goes with them could never fit memory.
template <class T>
std::size_t checked_capacity(std::size_t capacity) {
    constexpr auto most =
        static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max()) / (4 * sizeof(T));
    if (capacity > most)
        throw std::length_error("capacity " + std::to_string(capacity) + ": at most " + std::to_string(most));
    return capacity;
}

}  // namespace handoff
