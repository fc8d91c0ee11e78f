// When a thread has to set its timer for the signal to meet its calls. A burst takes a few microseconds, and
// a signal takes as long to come; by how much depends on the machine, so each thread learns it from those
// that came too early or too late.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "stop.hpp"
#include "support/cache_line.hpp"
#include "support/pause.hpp"

namespace handoff::linearizability {

class alignas(no_false_sharing) stop_aim {
public:
    using nanoseconds = std::chrono::nanoseconds;

    // Before the threads meet; `chance`: any number. The thread is to be late rather than the signal.
    void set(stalls::target& self, std::uint64_t chance) {
        const nanoseconds delay = next_delay(chance);
        const auto end = clock::now() - delay;
        self.stop_inside_a_call_after(std::max(delay, nanoseconds(1)));
        while (clock::now() < end) pause();
    }
    // When they have met, and when the thread's calls are over.
    void calls_begin(bool is_stop_due) {
        if (!is_stop_due) delay_ = std::min(delay_ + step, most);
    }
    void calls_end(bool is_stop_due) {
        if (is_stop_due) delay_ = std::max(delay_ - step, -most);
    }

    // How long after the thread is ready to meet the others its timer is to end; below zero: the thread waits
    // so long until it is ready.
    nanoseconds next_delay(std::uint64_t chance) const {
        return delay_ - spread + nanoseconds(chance % (2 * spread.count()));
    }

private:
    using clock = std::chrono::steady_clock;

    static constexpr nanoseconds spread{2'000};
    static constexpr nanoseconds step{200};
    static constexpr nanoseconds most{100'000};

    nanoseconds delay_{0};  // below zero: the thread waits before it meets the others
};

}  // namespace handoff::linearizability
