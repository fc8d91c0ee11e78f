// A history as a picture in characters: a row per thread, each call as an interval to scale, and below it
// what each call was.
#pragma once

#include <string>

#include "checkers/violation.hpp"
#include "history/operation.hpp"

namespace handoff::linearizability {

// thread 0 | [--a---]          [-c-]
// thread 1 |     [-------b-------]
//   a  push 1        0 … 80
//   b  pop = 2      40 … 210
//   c  pop = 1     190 … 230
// Stamps are relative to the first. Of more calls than letters, those are drawn that lie nearest in time to
// the first `accused` of them, which are drawn themselves; without any accused, the earliest. The others are
// counted.
std::string diagram(const history& calls, std::size_t accused = 0);

// The rule, what is wrong, and the diagram of the calls that show it.
std::string report(const violation& broken);

}  // namespace handoff::linearizability
