// The slots of a ring, constructed as they are without arguments.
#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>

namespace handoff {

// Throws if there can never be so many. An array new says so by itself, but not of slots that are aligned to
// more than a new is by default: the size that stands for "too many" goes to an aligned operator new, and
// libstdc++ (12) rounds it up to 0.
template <class Slot>
std::unique_ptr<Slot[]> make_slots(std::size_t count) {
    constexpr auto most = static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max()) / sizeof(Slot);
    if (count > most)
        throw std::length_error("ring of " + std::to_string(count) + " slots: at most " +
                                std::to_string(most));
    return std::make_unique<Slot[]>(count);
}

}  // namespace handoff
