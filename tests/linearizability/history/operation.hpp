// One call as its own thread saw it: what it asked, what it got, and the stamps between which it ran.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace handoff::linearizability {

using stamp = std::uint64_t;

// Stands for the begin and the end of a call that was never made: the pop of an item that stayed.
inline constexpr stamp never = std::numeric_limits<stamp>::max();

enum class call : std::uint8_t { push, pop, add, read };
enum class outcome : std::uint8_t { success, full, empty };

// The row of the calls that were made while no other thread was active: what filled a queue before a burst
// and drained it afterwards.
inline constexpr std::uint16_t alone = std::numeric_limits<std::uint16_t>::max();

struct operation {
    stamp invoked = 0;
    stamp responded = 0;
    std::uint64_t value = 0;  // the item of a push or pop, the amount of an add, what a read returned
    std::uint16_t thread = 0;
    call what = call::push;
    outcome result = outcome::success;

    bool succeeded() const { return result == outcome::success; }
    friend bool operator==(const operation&, const operation&) = default;
};

// The calls of one run, those of one thread in the order in which it made them: each is invoked after the one
// before has responded. Every call has responded: recording ends when all threads are at rest.
using history = std::vector<operation>;

// Real-time order. Calls of which neither precedes the other are concurrent, ties included.
inline bool precedes(const operation& a, const operation& b) {
    return a.responded < b.invoked;
}
inline bool overlap(const operation& a, const operation& b) {
    return !precedes(a, b) && !precedes(b, a);
}

// "push 7", "pop: empty", "read = 12".
std::string describe(const operation& o);

}  // namespace handoff::linearizability
