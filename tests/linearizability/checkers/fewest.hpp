// The fewest elements that still show what is wrong.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace handoff::linearizability {

// Leaves out elements, in ever shorter runs, as long as `still_wrong` says so of what is left. Requires that
// what is wrong of some elements is wrong of any more; then none of the result can be left out. Where k of n
// are left, it asks O(k log n) times.
template <class T, class StillWrong>
std::vector<T> fewest(std::vector<T> all, StillWrong still_wrong) {
    for (std::size_t run = std::max<std::size_t>(all.size() / 2, 1); run > 0; run /= 2) {
        for (std::size_t i = 0; i < all.size();) {
            std::vector<T> fewer = all;
            const auto begin = fewer.begin() + static_cast<std::ptrdiff_t>(i);
            const std::size_t length = std::min(run, all.size() - i);
            fewer.erase(begin, begin + static_cast<std::ptrdiff_t>(length));
            if (still_wrong(fewer)) {
                all = std::move(fewer);
            } else {
                i += length;
            }
        }
    }
    return all;
}

}  // namespace handoff::linearizability
