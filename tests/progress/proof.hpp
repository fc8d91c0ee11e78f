// What the tests of this folder have observed of an implementation, one JSON file each. A table that says
// what was observed is made from these files.
//
// progress-<name>.json
//   format      1; a reader refuses a format that it does not know
//   kind, name  queue or counter; catalog name
//   stops       times that a thread was stopped
//   inside      of these, inside a push and inside a pop (an add, a read)
//   push, pop   (add, read) one object for each operation that another thread repeated meanwhile:
//     claim       what the spec says: blocking, obstruction_free, lock_free, wait_free
//     watched     stops during which it was repeated
//     held_up     of these, in how many it was held up
//     held_up_by  these, by the operation in which the thread had been stopped
//   holds       whether nothing was held up that claims it cannot be
//   effort, seed  quick or deep; HANDOFF_SEED (repeats the draws, not the instants of the stops)
//
// stalls-<name>.json, of queues
//   format, kind, name, effort, seed  as above
//   order      what the spec says: fifo, per_producer_fifo, k_relaxed, lifo, unordered
//   transfers, items, stops  how much
//   overtakes  items of one producer that came out after a later one of his: their pop began when that of the
//              later one had returned
//   holds      false: items were overtaken whose order the spec promises, lost or doubled
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

    bool holds() const;
};

struct stalls_proof {
    std::string_view name;
    order delivery;
    std::uint64_t transfers = 0;
    std::uint64_t items = 0;
    std::uint64_t stops = 0;
    std::uint64_t overtakes = 0;
    bool holds = true;
};

// "add was held up in 3 of 40 stops (1 in add, 2 in read) and claims blocking"
std::string summary(const progress_proof& shown, std::size_t operation);

// Into the folder HANDOFF_PROOFS of the environment, or else the build's own.
void write(const progress_proof& shown);
void write(const stalls_proof& shown);

}  // namespace handoff::stalls
