// Threads that take turns: one runs at a time, and a turn may end in the middle of a call, at a random
// instruction. The thread then stands still, with what it has seen of the queue, through as many turns of the
// others as chance will have it. So places of one instruction's length are met within a second which threads
// that run freely meet in hours.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "breakpoint.hpp"
#include "stop.hpp"

namespace handoff::stalls {

// What the threads tell their conductor: that a turn has ended, be it in the middle of a call.
class reports {
public:
    reports();
    reports(const reports&) = delete;
    reports& operator=(const reports&) = delete;
    ~reports();

    int descriptor() const { return ends_[1]; }
    // Returns when one has come; false if none has within the time.
    bool wait(std::chrono::milliseconds longest);

private:
    int ends_[2] = {-1, -1};
};

// One of the threads.
class player {
public:
    explicit player(const reports& told);
    player(const player&) = delete;
    player& operator=(const player&) = delete;
    ~player();

    // The thread itself, until it is dismissed: `call` makes a call on the queue, which one by chance.
    void play(std::uint64_t seed, const std::function<void(std::uint64_t chance)>& call);

    // The conductor. `course`: follows the calls, or null.
    void begin(unsigned calls, course_of_calls* course = nullptr);
    void dismiss();
    // Whether it stands still in a call, and has not been told to go on.
    bool is_cut() const { return self_.is_stopped() && self_.stops() != told_at_; }
    void go_on() {
        told_at_ = self_.stops();
        self_.release_without_waiting();
    }

private:
    struct turn {
        unsigned calls;
        course_of_calls* course;
    };
    void send(const turn& next);

    target self_;
    std::uint64_t told_at_ = 0;  // at which of its stops it was last told to go on
    const int told_;
    int orders_[2] = {-1, -1};
};

}  // namespace handoff::stalls
