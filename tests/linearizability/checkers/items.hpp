// The life of each item: the push that brought it and the pop that took it. Every rule about a queue starts
// here; finding the pairs is the first rule.
#pragma once

#include <span>
#include <vector>

#include "checkers/violation.hpp"
#include "history/operation.hpp"

namespace handoff::linearizability {

// Points into the history that it was found in.
struct item {
    const operation* push = nullptr;
    const operation* pop = nullptr;  // null: it was never popped

    std::uint64_t value() const { return push->value; }
    bool left() const { return pop != nullptr; }
    stamp pop_invoked() const { return left() ? pop->invoked : never; }
    stamp pop_responded() const { return left() ? pop->responded : never; }
};

struct items_found {
    std::vector<item> items;  // in no order
    finding broken;
};

// FRESH and REPEAT of Henzinger, Sezgin, Vafeiadis (CONCUR 2013): every value popped was pushed, was popped
// once, and not before its push was invoked. Values are unique: one pushed twice throws
// std::invalid_argument, since the harness has failed. O(n log n).
items_found find_items(const history& calls);

// The push of an item, and its pop if there is one.
void append_calls(history& witness, const item& one);

}  // namespace handoff::linearizability
