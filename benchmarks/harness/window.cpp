#include "window.hpp"

#include <utility>

namespace handoff {

void thread_record::open(const work_done& by_now) {
    is_open_ = true;
    at_open_ = by_now;
    used_at_open_ = usage::of_this_thread();
    opened_ = harness_clock::now();
}

void thread_record::close(const work_done& by_now) {
    if (!std::exchange(is_open_, false)) return;
    elapsed = harness_clock::now() - opened_;
    done = {.operations = by_now.operations - at_open_.operations,
            .failed_attempts = by_now.failed_attempts - at_open_.failed_attempts,
            .waiting = by_now.waiting - at_open_.waiting};
    used = usage::of_this_thread() - used_at_open_;
}

}  // namespace handoff
