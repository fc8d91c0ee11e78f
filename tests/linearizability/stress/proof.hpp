// What the stress has shown of one implementation, as a file that tables are made from. docs/proofs.md
// describes the fields.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "history/stamps.hpp"

namespace handoff::linearizability {

struct call_counts {
    std::uint64_t bursts = 0;
    std::uint64_t stamped = 0;     // calls judged with stamps
    std::uint64_t decided = 0;     // of these: in bursts of which it was decided whether they are legal
    std::uint64_t concurrent = 0;  // of these: calls that overlapped another one
    std::uint64_t unstamped = 0;   // calls judged by the rules that need no clock
    std::uint64_t succeeded = 0;   // of all
    std::uint64_t empty = 0;
    std::uint64_t full = 0;
    std::uint64_t excused = 0;  // failures, with stamps, that the spec admits
    std::uint64_t overtaken = 0;

    void count(const history& calls, bool with_stamps);
};

// Of some bursts alone.
struct part_counts {
    std::uint64_t bursts = 0;
    std::uint64_t calls = 0;    // in these bursts
    std::uint64_t decided = 0;  // of these: as above

    void count(std::uint64_t calls_made, std::uint64_t calls_decided);
};

// Of those in which threads are stopped: at least one, inside calls.
struct stop_counts : part_counts {
    std::uint64_t stops = 0;
};

struct proof {
    std::string_view name;
    std::string_view kind;       // queue, counter
    std::string_view checker{};  // what was checked
    stamp_check stamps{};
    std::optional<std::uint64_t> most_overtaken{};  // as promised by what is k-relaxed
    call_counts counts{};
    stop_counts stopped{};
    part_counts wrapped{};  // those in which indices have passed a limit at which they may wrap
    std::string broken{};   // the report of a violation; empty if there is none
    std::string_view effort;
    std::uint64_t seconds = 0;
    std::uint64_t seed = 0;

    bool holds() const { return broken.empty(); }
};

// One line.
std::string summary(const proof& shown);

// Writes <folder>/<effort>/<name>.json; throws std::runtime_error if it cannot.
void write(const proof& shown, const std::string& folder);

}  // namespace handoff::linearizability
