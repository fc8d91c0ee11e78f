// One thread, the victim, repeats an operation and is stopped inside it again and again, wherever it happens
// to be. Meanwhile others, one thread for each of the two operations, go on. After each stop they owe a
// number of successes. An operation is held up by the stop if none succeeds for the whole of its patience
// before that number is reached, and what has completed does not make its failures right: a push may fail
// where completed pushes and pops leave the queue full, a pop where they leave it empty. So a queue whose
// try_ calls go on returning "empty" beside items that were pushed, because of an item before them that is
// half pushed, is held up like one whose calls do not return. That is how queue.hpp defines blocking.
//
// What this can and cannot show:
//  - A stop lands at a random instant. Enough of them reach every window that takes a good part of a call;
//    that no stop held up anybody in n stops is evidence, not proof. Where progress is claimed there are a
//    hundred in each operation and more, if time allows (progress_claims.cpp).
//  - With one other thread per operation, lock_free and wait_free owe the same. That each thread's steps are
//    bounded, as wait_free says, no finite run can show.
//  - obstruction_free is held to the same, although it promises less: a run alone. No stop should hold it up.
//  - The stopped thread holds no lock of the allocator (stop.hpp), and all functions are bound when the
//    program starts (-z now), so it holds none of the loader's either: an observation is of the algorithm. A
//    queue whose memory comes from a shared library's own allocator, as oneTBB's does, is observed together
//    with that.
//  - Under a loaded machine a thread that nobody holds up may get no processor for the patience of an
//    operation. For specs that claim progress that is seconds long. For specs that claim none it is short,
//    and "held up" is an observation that no verdict depends on. All threads have the default policy: with
//    real-time priorities a spinning thread could keep the stopped one's helpers away for ever.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "queue.hpp"

namespace handoff::stalls {

// rested: no call was made, because the test itself bounds what an unbounded queue holds.
enum class outcome { succeeded, failed, rested };

// An operation with the handle that it needs, made and used by one thread.
class repeater {
public:
    virtual ~repeater() = default;
    virtual outcome once() = 0;
};

using two_counts = std::array<std::uint64_t, 2>;

// What is tested: a queue with its push (0) and pop (1), a counter with its add (0) and read (1).
class scene {
public:
    virtual ~scene() = default;
    virtual std::unique_ptr<repeater> repeat(std::size_t operation) = 0;
    // Successes that an operation owes after a stop.
    virtual std::uint64_t owed() const = 0;
    // Whether failures of `operation` are right for ever, given the successes of all threads, while a thread
    // is stopped in `stopped_in`.
    virtual bool may_fail(std::size_t operation, const two_counts& successes,
                          std::size_t stopped_in) const = 0;
    virtual void stop_begins() {}
    virtual void stop_ends() {}
};

// Who takes part: the victim repeats some operations in turn; others repeat one each.
struct cast {
    std::vector<std::size_t> victim;
    std::array<bool, 2> others{};
};

struct operation_seen {
    std::uint64_t watched = 0;  // stops during which another thread repeated it
    two_counts held_up{};       // of these, those that held it up, by the operation that was stopped
    std::uint64_t held_up_in_all() const { return held_up[0] + held_up[1]; }
};

struct observation {
    std::uint64_t stops = 0;
    two_counts inside{};  // of these, inside the operation
    std::array<operation_seen, 2> operations{};
};

struct conditions {
    std::array<progress, 2> claims;
    std::chrono::milliseconds duration;
    std::chrono::milliseconds patience;  // with an operation that claims progress
    std::uint64_t stops;  // inside each operation: until there are so many it goes on for some durations more
};

// Adds what it sees to `seen`. Ends early where a claim does not hold.
void observe(scene& tested, const cast& who, const conditions& under, observation& seen);

// Whether `operation` was held up although it claims that it cannot be.
bool claims_too_much(const observation& seen, const std::array<progress, 2>& claims, std::size_t operation);

}  // namespace handoff::stalls
