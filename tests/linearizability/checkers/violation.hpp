// What a checker finds: the rule that is broken, and the fewest calls that show it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "history/operation.hpp"

namespace handoff::linearizability {

struct violation {
    std::string_view rule;
    std::string what;  // one sentence
    history witness;   // what the diagram draws
};

// Nothing: the rule holds.
using finding = std::optional<violation>;

}  // namespace handoff::linearizability
