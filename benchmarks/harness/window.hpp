// The measured window: RAMP, then MEASURE for a fixed time, then DRAIN, switched by one atomic that every
// thread reads after each operation. No fixed counts: their ends are ragged.
#pragma once

#include <atomic>
#include <cstdint>

#include "harness/machine/clock.hpp"
#include "harness/machine/usage.hpp"
#include "support/cache_line.hpp"

namespace handoff {

// abandoned: a thread did not finish its drain in time; waiting loops give up and the run has failed.
enum class phase : int { ramp, measure, drain, abandoned };

class window {
public:
    explicit window(unsigned threads_that_feed = 0) : feeding_(threads_that_feed) {}

    // relaxed: the phase carries no data; results are read after the threads are joined.
    phase now() const { return phase_.load(std::memory_order_relaxed); }
    bool draining() const { return now() >= phase::drain; }
    bool abandoned() const { return now() == phase::abandoned; }
    // Phases only go forward: a run that was abandoned stays so.
    void enter(phase p) {
        phase seen = phase_.load();
        while (seen < p && !phase_.compare_exchange_weak(seen, p)) {
        }
    }

    // The threads that put items in. What is found empty after the last has stopped stays empty.
    unsigned stop_feeding() { return feeding_.fetch_sub(1) - 1; }
    bool fed() const { return feeding_.load() == 0; }

private:
    alignas(no_false_sharing) std::atomic<phase> phase_{phase::ramp};
    alignas(no_false_sharing) std::atomic<unsigned> feeding_;
};

// What a thread has done by one moment.
struct work_done {
    std::uint64_t operations = 0;
    std::uint64_t failed_attempts = 0;
    ticks waiting = 0;  // estimated from the stamped operations
};

// What one thread did within the window, written by it alone and read after it was joined.
struct alignas(no_false_sharing) thread_record {
    work_done done;
    ticks elapsed = 0;  // between this thread's two notices of the window's edges
    usage used;

    // The thread has noticed that the window opened or closed, when it had done `by_now` in all.
    void open(const work_done& by_now);
    void close(const work_done& by_now);

private:
    bool is_open_ = false;
    work_done at_open_;
    usage used_at_open_;
    ticks opened_ = 0;
};

// Keeps one thread's record at the window's edges. A thread calls `edge` after each operation and before it
// counts it: what completed after an edge was noticed belongs to the far side. Small, and its slow part is
// the record's: a meter is to live in registers.
class meter {
public:
    meter(const window& w, thread_record& record) : window_(w), record_(record), seen_(w.now()) {
        if (seen_ == phase::measure) record_.open({});
    }

    // True once draining has begun. `waits` are the wait_loops that the thread has. Inlined always, like all
    // that the timed loops call: whether the compiler finds a loop small enough must not differ between
    // implementations.
    template <class... Waits>
    [[gnu::always_inline]] bool edge(std::uint64_t operations, const Waits&... waits) {
        const phase now = window_.now();
        if (now != seen_) [[unlikely]] {
            seen_ = now;
            const work_done by_now{.operations = operations,
                                   .failed_attempts = (std::uint64_t{0} + ... + waits.failed_attempts()),
                                   .waiting = (ticks{0} + ... + waits.waiting())};
            now == phase::measure ? record_.open(by_now) : record_.close(by_now);
        }
        return now >= phase::drain;
    }

    bool measuring() const { return seen_ == phase::measure; }

private:
    const window& window_;
    thread_record& record_;
    phase seen_;
};

}  // namespace handoff
