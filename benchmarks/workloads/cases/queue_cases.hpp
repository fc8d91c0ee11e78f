// What the queue workloads' case lists share: which waits a queue offers, by its entry.
#pragma once

#include <initializer_list>
#include <vector>

#include "catalog.hpp"
#include "harness/wait.hpp"

namespace handoff {

// The given ones, and the queue's own where it has it.
inline std::vector<wait_kind> waits_of(const queue_entry& entry,
                                       std::initializer_list<wait_kind> harness_waits) {
    std::vector<wait_kind> waits(harness_waits);
    if (entry.own_wait) waits.push_back(wait_kind::own);
    return waits;
}

inline bool allows(cardinality promised, unsigned threads) {
    return promised == cardinality::many || threads <= 1;
}

// Whether the takers of a queue can be ended by an item for each of them, pushed after all others. In a LIFO
// queue it comes out before all others, and in a k-relaxed one before some: they would leave, and work would
// be left behind.
constexpr bool ends_by_stop_items(const queue_spec& spec) {
    return spec.delivery != order::lifo && spec.delivery != order::k_relaxed;
}

}  // namespace handoff
