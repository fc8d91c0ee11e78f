#include "window.hpp"

namespace handoff {

void meter::open(std::uint64_t operations, std::uint64_t failed, ticks waiting) {
    open_ = true;
    at_open_.operations = operations;
    at_open_.failed_attempts = failed;
    at_open_.waiting = waiting;
    at_open_.used = usage::of_this_thread();
    opened_ = harness_clock::now();
}

void meter::cross(phase p, std::uint64_t operations, std::uint64_t failed, ticks waiting) {
    seen_ = p;
    if (p == phase::measure) {
        open(operations, failed, waiting);
    } else if (open_) {
        open_ = false;
        record_.elapsed = harness_clock::now() - opened_;
        record_.operations = operations - at_open_.operations;
        record_.failed_attempts = failed - at_open_.failed_attempts;
        record_.waiting = waiting - at_open_.waiting;
        record_.used = usage::of_this_thread() - at_open_.used;
    }
}

}  // namespace handoff
