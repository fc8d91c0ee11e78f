// A number that rises and falls with time, and how high it can have been during a call.
#pragma once

#include <cstdint>
#include <vector>

#include "history/operation.hpp"

namespace handoff::linearizability {

// Is raised by one at each stamp of `raises`, and falls by one just after each of `drops`. Built in
// O(n log n); a question takes O(log n).
class level {
public:
    level(std::vector<stamp> raises, std::vector<stamp> drops);

    std::int64_t at(stamp time) const;
    // The highest at one instant from `from` to `to`, both included.
    std::int64_t highest_during(stamp from, stamp to) const;
    // The highest at any of the raises; 0 without any.
    std::int64_t highest() const;

private:
    std::int64_t highest_at_raises(std::size_t first, std::size_t end) const;

    std::vector<stamp> raises_;       // ascending
    std::vector<stamp> drops_;        // ascending
    std::vector<std::int64_t> tree_;  // maxima: a segment tree over the levels at raises_
};

}  // namespace handoff::linearizability
