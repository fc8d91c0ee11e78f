// Where threads wait for each other before and after a burst. Nobody waits here during one.
#pragma once

#include <atomic>
#include <thread>

#include "support/cache_line.hpp"
#include "support/pause.hpp"

namespace handoff::linearizability {

// A barrier that is left at once, which matters for bursts of a microsecond: who waits spins first, and gives
// the processor away only where that may be what the others are waiting for.
class meeting {
public:
    // crowded: there are more threads than processors.
    meeting(unsigned threads, bool crowded)
        : threads_(threads), pauses_before_yield_(crowded ? 0 : pauses_alone) {}

    void meet() {
        const unsigned round = round_.load(std::memory_order_acquire);
        if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads_) {
            arrived_.store(0, std::memory_order_relaxed);
            round_.store(round + 1, std::memory_order_release);
            return;
        }
        for (unsigned tries = 0; round_.load(std::memory_order_acquire) == round; ++tries) {
            tries < pauses_before_yield_ ? pause() : std::this_thread::yield();
        }
    }

private:
    // Some 20 to 500 us: a burst and its judgement mostly take less.
    static constexpr unsigned pauses_alone = 10'000;

    const unsigned threads_;
    const unsigned pauses_before_yield_;
    alignas(no_false_sharing) std::atomic<unsigned> arrived_{0};
    alignas(no_false_sharing) std::atomic<unsigned> round_{0};
};

}  // namespace handoff::linearizability
