// Which of many handles takes its turn, so that one of them often comes to the place of the first.
#pragma once

#include <array>
#include <cstddef>

namespace handoff::conformance {

// How many places a table of handles is likely to have. Of handles that are made one after the other, the one
// that is made so many after the first comes to its place.
inline constexpr std::array<std::size_t, 10> likely_places{8, 16, 32, 64, 100, 128, 200, 256, 512, 1'000};

// The handle, counted from 0 and made after the first one, whose turn it is. Three of four turns are those of
// handles that are so far from the first; all have turns, since a table may have any size.
inline std::size_t whose_turn(std::size_t turn, std::size_t handles) {
    const std::size_t round = turn / 4;
    const std::size_t likely = likely_places[(turn - round) % likely_places.size()] - 1;
    return turn % 4 != 0 && likely < handles ? likely : round % handles;
}

}  // namespace handoff::conformance
