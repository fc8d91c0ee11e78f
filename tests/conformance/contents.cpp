#include "contents.hpp"

#include <algorithm>

namespace handoff::conformance {

bool contents::pop(std::uint64_t value) {
    const place found = find(value);
    if (found == held_.end()) {
        why_ = "popped " + std::to_string(value) + ", which the queue does not hold";
        return false;
    }
    const place due = due_before(found);
    if (due != found) {
        why_ = "popped " + std::to_string(value) + " where " + std::to_string(due->value) + " was due";
        return false;
    }
    held_.erase(found);
    return true;
}

// As a rule it is at one of the ends.
contents::place contents::find(std::uint64_t value) {
    if (!held_.empty() && held_.back().value == value && delivery_ == order::lifo) return held_.end() - 1;
    return std::find_if(held_.begin(), held_.end(), [value](const item& one) { return one.value == value; });
}

contents::place contents::due_before(place found) {
    switch (delivery_) {
        case order::fifo:
            return held_.begin();
        case order::lifo:
            return held_.end() - 1;
        case order::per_producer_fifo:
            return std::find_if(held_.begin(), found,
                                [found](const item& one) { return one.handle == found->handle; });
        case order::k_relaxed:  // the bound is for the history checkers
        case order::unordered:
            return found;
    }
    return found;
}

}  // namespace handoff::conformance
