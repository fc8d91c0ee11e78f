// At which instruction of which call a thread stops that runs the call one instruction at a time (steps.hpp).
// Unlike a timer's signal this meets a call also on a machine that is too busy for timers to be in time.
#pragma once

#include <algorithm>
#include <cstdint>

#include "support/cache_line.hpp"

namespace handoff::linearizability {

class alignas(no_false_sharing) step_aim {
public:
    // Before a burst; `chance`: any number.
    void set(std::uint64_t chance) {
        calls_left_ = 1 + chance % first_calls;
        instructions_ = static_cast<std::uint32_t>(1 + (chance >> 8) % most_);
    }
    // After it: none is to come.
    void clear() { calls_left_ = 0; }

    // Once, before each call.
    bool comes_in_this_call() { return calls_left_ > 0 && --calls_left_ == 0; }
    std::uint32_t instructions() const { return instructions_; }
    // How long calls are is learnt from those that have ended before.
    void has_come(bool stopped) {
        most_ = std::clamp(stopped ? most_ + most_ / 8 : most_ - most_ / 8, least_instructions,
                           most_instructions);
    }

private:
    static constexpr std::uint64_t first_calls = 3;
    static constexpr std::uint32_t least_instructions = 16;
    static constexpr std::uint32_t most_instructions = 4096;

    std::uint64_t calls_left_ = 0;
    std::uint32_t instructions_ = 0;
    std::uint32_t most_ = 64;
};

}  // namespace handoff::linearizability
