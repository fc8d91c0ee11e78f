// What a checker finds: the rule that is broken, and few calls that show it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "history/operation.hpp"

namespace handoff::linearizability {

// The witness is wrong by itself, and each call that failed and each read in it is needed: without it, the
// others could be right. So is each item and add, but where what is wrong is that there were no more of them:
// of a push that said "full", all items are shown that may have been there; of a pop that may not have been
// "empty" because others had reserved too few items, all that may have been reserved; of a read that is too
// high, or of reads that are wrong only together, all adds that they may have counted. These can be many.
// Reads that fell are shown without adds.
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
