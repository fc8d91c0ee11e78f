// Judges a history of a counter by what its spec promises of read(). Every add is one of 1.
#pragma once

#include <string_view>

#include "checkers/violation.hpp"
#include "counter.hpp"

namespace handoff::linearizability {

// By the spec's guarantee, each in O(n log n):
//   exact      linearizable, decided exactly: see below
//   quiescent  each read between the adds completed before it and those begun before its end (intermediate
//              value linearizability: Rinberg, Keidar, DISC 2020); so exact where no add is under way
//   lossy      no read above the adds begun before its end
finding check_counter(const history& calls, read_guarantee promise);

// The checker's name, as the proofs give it.
std::string_view checker_of(read_guarantee promise);

// A history of unit increments and reads is linearizable if and only if
//   - no read that precedes another returned more than that one, and
//   - the increments can be given the numbers 1 to n, one each, so that increment number x may have taken
//     effect before every read of x or more had responded, and after every read of less than x was invoked.
// The second is a matching of intervals of numbers: F. Glover, "Maximum matching in a convex bipartite
// graph", Naval Research Logistics Quarterly 14(3), 1967.
finding check_exact_counter(const history& calls);

}  // namespace handoff::linearizability
