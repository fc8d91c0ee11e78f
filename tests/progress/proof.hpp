// What the tests of this folder have observed of an implementation, as files that tables are made from:
// progress-<name>.json and stalls-<name>.json. docs/proofs.md describes their keys.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "experiment.hpp"

namespace handoff::stalls {

struct progress_proof {
    std::string_view kind;
    std::string_view name;
    std::array<std::string_view, 2> operations;
    std::array<progress, 2> claims;
    observation seen;

    // What was held up although it claims that it cannot be; empty if nothing was.
    std::string violation() const;
};

struct stalls_proof {
    std::string_view name;
    order delivery;
    std::uint64_t transfers = 0;
    std::uint64_t items = 0;
    std::uint64_t stops = 0;
    std::uint64_t reordered = 0;
    std::string violation{};
};

// "add was held up in 3 of 40 stops (1 in add, 2 in read) and claims blocking"
std::string summary(const progress_proof& shown, std::size_t operation);

// Into the folder HANDOFF_PROOFS of the environment, or else the build's own; each throws std::runtime_error
// if it cannot.
void write(const progress_proof& shown);
void write(const stalls_proof& shown);

}  // namespace handoff::stalls
