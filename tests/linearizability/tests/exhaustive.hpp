// The reference for the checkers: tries every order of the calls that real time allows (Wing, Gong, JPDC 17,
// 1993), or what else is known, remembering configurations. Written apart from the checkers, for clarity and
// not for speed.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "checkers/search.hpp"
#include "history/operation.hpp"

namespace handoff::linearizability::testing {

// What an object holds: the calls that pushed its items, or as many entries as a counter counts.
using object_state = std::vector<operation>;

// The state after the call, or nothing if the call cannot return there what it has returned.
using sequential_object = std::function<std::optional<object_state>(const object_state&, const operation&)>;

sequential_object queue_object(sequential_queue promise);
sequential_object counter_object();

// Whether the first call must take effect before the second.
using order_known = std::function<bool(const operation& first, const operation& second)>;

// For up to 64 calls. What is known of their order is real time, if nothing else is said.
bool linearizable(const history& calls, const sequential_object& object, const order_known& known = precedes);

}  // namespace handoff::linearizability::testing
