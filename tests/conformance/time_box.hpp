// How long a thread may take at most for what it is to do so many times: a queue whose threads spin for one
// another may take a time slice for each call, and is slow then, not wrong.
#pragma once

#include <chrono>

namespace handoff::conformance {

class time_box {
public:
    explicit time_box(std::chrono::milliseconds length) : end_(std::chrono::steady_clock::now() + length) {}

    // Looks at the clock now and then.
    bool is_over() {
        if (++asked_ % looks_every == 0) over_ = std::chrono::steady_clock::now() >= end_;
        return over_;
    }

private:
    static constexpr unsigned looks_every = 16;

    const std::chrono::steady_clock::time_point end_;
    unsigned asked_ = 0;
    bool over_ = false;
};

}  // namespace handoff::conformance
