// When a queue may say "empty" or "full". Each check takes O(n log n).
//
// An item is definitely there after its push has responded and before its pop is invoked, and possibly there
// from the invocation of its push to the response of its pop.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "checkers/items.hpp"
#include "queue.hpp"

namespace handoff::linearizability {

// A history as the spec lets it be judged.
//   exact, exact_per_end  all of it
//   in_flight             a failure is excused if a successful call of the other end overlaps it. Those that
//                         are left may count what calls under way have reserved (check_reserved_empty,
//                         check_full), so they are in `empty` and `full`, but not in `calls`
//   spurious              a failure is excused unless made alone
struct judged_calls {
    history calls;  // what a linearization must explain
    std::vector<operation> empty;
    std::vector<operation> full;
    std::size_t excused = 0;
};
judged_calls without_excused(const history& calls, try_failure allowed);

// EMPTY of Henzinger, Sezgin, Vafeiadis: a pop may say "empty" only if at some instant during it no item was
// definitely there. Exact together with the rules of order; see item_order.hpp.
finding check_empty(std::span<const item> items, std::span<const operation> empty);

// The rule of queues whose pops reserve an item before they take it (try_failure::in_flight): a pop may say
// "empty" only if at some instant during it no more items had been pushed than pops had been invoked that
// would succeed.
finding check_reserved_empty(std::span<const item> items, std::span<const operation> empty);

// A bounded queue never definitely holds more than `capacity` items, and a push may say "full" only if at
// some instant during it `capacity` items were possibly there. Necessary, not sufficient: both look at one
// instant at a time, while the choices that would make two instants legal may exclude each other. No legal
// history is rejected; of a hundred small random histories that are illegal, one to seven pass, by order and
// capacity. search.hpp decides.
// Of a queue whose pushes reserve a place before they fill it, the rule about "full" is all that is promised.
finding check_capacity(std::span<const item> items, std::size_t capacity);
finding check_full(std::span<const item> items, std::span<const operation> full, std::size_t capacity);

// The most items that were possibly there at one instant. Up to the capacity, a history in which no push said
// "full" is one of an unbounded queue.
std::size_t most_possibly_there(std::span<const item> items);

}  // namespace handoff::linearizability
