// Judges a history of a queue by what the queue's spec promises: order, capacity, and when a call may fail.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <string_view>

#include "checkers/violation.hpp"
#include "queue.hpp"

namespace handoff::linearizability {

struct queue_promise {
    order delivery = order::fifo;
    std::optional<std::size_t> capacity{};  // none: unbounded
    try_failure failure = try_failure::exact;
    std::size_t most_overtaken = std::numeric_limits<std::size_t>::max();  // k_relaxed
};

struct queue_verdict {
    finding broken;
    // Whether "nothing broken" means that the history is linearizable, and not only that none of the rules
    // that every linearizable history obeys is broken.
    bool exact = false;
    std::size_t overtaken = 0;  // see item_order.hpp
    std::size_t excused = 0;    // failures that the spec admits
};

// How far the search may go where the rules alone do not decide.
inline constexpr std::size_t no_search = 0;

// First the rules, in O(n log n): items.hpp, item_order.hpp, failures.hpp. They decide a queue whose capacity
// does not matter, because it is unbounded or because it could not have been reached, and which is neither
// LIFO nor k-relaxed. Those two, and the capacity of a bounded one, are decided by a search of up to
// `most_configurations` (two, where each end's failures have an order of their own); where that does not
// suffice the verdict is not exact.
queue_verdict check_queue(const history& calls, const queue_promise& promise,
                          std::size_t most_configurations = no_search);

// The checker's name, as the proofs give it.
std::string_view checker_of(const queue_promise& promise);

}  // namespace handoff::linearizability
