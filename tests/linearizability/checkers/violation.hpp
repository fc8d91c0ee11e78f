// What a checker finds: the rule that is broken, and few calls that show it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "history/operation.hpp"

namespace handoff::linearizability {

// The witness is wrong by itself, and each call that failed and each read in it is needed: without it, the
// others could be right. So is each item and add, but where what is wrong is that there were no more of them,
// and these can be many:
//   - all items that may have been there while a push said "full";
//   - where pops reserve items before they take them, all whose pop may have reserved another item while a
//     pop said "empty";
//   - all adds that may have been counted by a read that is too high, or by reads that only together are
//     wrong.
// Reads that fell are shown without adds. A search that was given up may leave more than is needed.
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
