#include "checkers/level.hpp"

#include <algorithm>
#include <limits>

namespace handoff::linearizability {

level::level(std::vector<stamp> raises, std::vector<stamp> drops)
    : raises_(std::move(raises)), drops_(std::move(drops)) {
    std::sort(raises_.begin(), raises_.end());
    std::sort(drops_.begin(), drops_.end());
    const std::size_t size = raises_.size();
    tree_.resize(2 * size);
    for (std::size_t i = 0; i < size; ++i) tree_[size + i] = at(raises_[i]);
    for (std::size_t i = size; i-- > 1;) tree_[i] = std::max(tree_[2 * i], tree_[2 * i + 1]);
}

std::int64_t level::at(stamp time) const {
    return (std::upper_bound(raises_.begin(), raises_.end(), time) - raises_.begin()) -
           (std::lower_bound(drops_.begin(), drops_.end(), time) - drops_.begin());
}

// Only a raise lifts the level, so that it is highest at the beginning or at one of them.
std::int64_t level::highest_during(stamp from, stamp to) const {
    const auto first = std::upper_bound(raises_.begin(), raises_.end(), from) - raises_.begin();
    const auto end = std::upper_bound(raises_.begin(), raises_.end(), to) - raises_.begin();
    return std::max(at(from),
                    highest_at_raises(static_cast<std::size_t>(first), static_cast<std::size_t>(end)));
}

std::int64_t level::highest() const {
    return raises_.empty() ? 0 : highest_at_raises(0, raises_.size());
}

std::int64_t level::highest_at_raises(std::size_t first, std::size_t end) const {
    std::int64_t highest = std::numeric_limits<std::int64_t>::min();
    for (first += raises_.size(), end += raises_.size(); first < end; first /= 2, end /= 2) {
        if (first % 2 == 1) highest = std::max(highest, tree_[first++]);
        if (end % 2 == 1) highest = std::max(highest, tree_[--end]);
    }
    return highest;
}

}  // namespace handoff::linearizability
