#include "contents.hpp"

#include <algorithm>

namespace handoff::conformance {

bool contents::pop(std::uint64_t value) {
    const auto found = std::find(values_.begin(), values_.end(), value);
    if (found == values_.end()) {
        why_ = "popped " + std::to_string(value) + ", which the queue does not hold";
        return false;
    }
    // A k-relaxed queue may hand out any of the first k; its bound is for the history checkers.
    const bool first_in = delivery_ == order::fifo || delivery_ == order::per_producer_fifo;
    if ((first_in && found != values_.begin()) || (delivery_ == order::lifo && found + 1 != values_.end())) {
        why_ = "popped " + std::to_string(value) + " where " +
               std::to_string(first_in ? values_.front() : values_.back()) + " was due";
        return false;
    }
    values_.erase(found);
    return true;
}

}  // namespace handoff::conformance
