// The order in which items leave. Each check takes O(n log n).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "checkers/items.hpp"

namespace handoff::linearizability {

// ORDER of Henzinger, Sezgin, Vafeiadis, "Aspect-oriented linearizability proofs", CONCUR 2013: no two items
// a, b with push(a) before push(b), b popped, and pop(b) before pop(a), or a never popped. Together with
// find_items and check_empty this is exact for an unbounded FIFO queue with unique values: the history is
// linearizable if and only if all three hold. Cycles of two items suffice.
finding check_fifo(std::span<const item> items);

// The same among the items of each thread that pushed. By the locality of linearizability (Herlihy, Wing,
// TOPLAS 12(3), 1990) exact for a queue that is FIFO per producer.
finding check_producer_fifo(std::span<const item> items);

// No two items a, b with push(a) before push(b) before pop(a) before pop(b), or b never popped: then a left
// although b lay on top of it. Necessary for a LIFO queue, not sufficient: the histories of a stack can be
// wrong in ways that no two items show. Small histories are decided by search.hpp.
finding check_lifo(std::span<const item> items);

// The most items, pushed before some item b, that b's pop came before: a lower bound of the k by which the
// queue relaxed FIFO, and 0 if and only if check_fifo holds.
std::size_t overtaken(std::span<const item> items);

// No pop left behind more than `most`. Necessary for a k-relaxed queue, not sufficient.
finding check_overtaken(std::span<const item> items, std::size_t most);

}  // namespace handoff::linearizability
