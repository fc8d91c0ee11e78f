// Stops a thread at an instruction of a call that was chosen beforehand: by a breakpoint in the program's own
// code, as a debugger sets one. One trap is enough, where running up to the place instruction by instruction
// takes one for each; on a virtual machine a trap may cost more than ten microseconds.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "steps.hpp"

namespace handoff::stalls {

// Where calls come by. Of one thread's calls at a time.
class course_of_calls {
public:
    // The calling thread, around a call: it takes a trap for each instruction.
    void follow();
    void follow_no_further();

    // The instructions, each once, that were in a call of the queue (conformance/calls.hpp) and in this
    // program's own code. Not those of libraries: a thread that stands still in the allocator holds up
    // everybody.
    std::vector<std::uintptr_t> places() const;
    // Those of them that read and write a place in memory at once, as compare_exchange and fetch_add do.
    static std::vector<std::uintptr_t> updates_of(const std::vector<std::uintptr_t>& places);

    // By the handler of the traps.
    void note(std::uintptr_t place);

private:
    std::array<std::uintptr_t, 16'384> noted_{};
    std::atomic<std::size_t> count_{0};
};

// At most one at a time in the process.
class breakpoint {
public:
    breakpoint() = default;
    breakpoint(const breakpoint&) = delete;
    breakpoint& operator=(const breakpoint&) = delete;
    ~breakpoint() { clear(); }

    // The first `target` that comes there stops, and the breakpoint is gone. False if the kernel does not let
    // this program's code be written.
    bool set(std::uintptr_t place);
    void clear();

private:
    bool make_writable(std::uintptr_t place);

    std::set<std::uintptr_t> writable_;  // pages
};

}  // namespace handoff::stalls
