// What a checker finds: the rule that is broken, and few calls that show it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "history/operation.hpp"

namespace handoff::linearizability {

struct violation {
    std::string_view rule;
    std::string what;  // one sentence
    history witness;   // what the diagram draws; the accused calls come first
    // How many of the witness's calls stand accused. 0: none more than the others.
    std::size_t accused = 1;
};

// Nothing: the rule holds.
using finding = std::optional<violation>;

}  // namespace handoff::linearizability
