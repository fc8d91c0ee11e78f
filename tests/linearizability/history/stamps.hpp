// The stamps of a call, from the processor's invariant time stamp counter, and whether they may be trusted.
//
// There is no clock that threads share: a shared counter would order memory between them and hide the very
// bugs that are looked for. The time stamp counter is each core's own; that the counters agree is not
// believed but measured (check_stamps).
//
// The fences make an interval never shorter than the call:
//   invocation  rdtsc, then lfence: the call's loads wait until the stamp is taken (Intel SDM vol. 2, RDTSC).
//   response    mfence, then rdtscp: the call's stores have left the store buffer, and its loads are done,
//               before the stamp is taken. Without the mfence a store could become visible after the response
//               (measured: 0.2% of reads), and a legal history look illegal.
// The price: the mfence hides bugs that need a store to be late. So every stress also runs without stamps.
#pragma once

#include <string>
#include <vector>

#include "history/operation.hpp"

namespace handoff::linearizability {

inline stamp invocation_stamp() {
#if defined(__x86_64__)
    const stamp now = __builtin_ia32_rdtsc();
    __builtin_ia32_lfence();
    return now;
#else
    return 0;  // never trusted: check_stamps says so
#endif
}

inline stamp response_stamp() {
#if defined(__x86_64__)
    __builtin_ia32_mfence();
    unsigned cpu = 0;
    const stamp now = __builtin_ia32_rdtscp(&cpu);
    asm volatile("" ::: "memory");  // the compiler, too, leaves what follows behind the stamp
    return now;
#else
    return 0;
#endif
}

struct stamp_check {
    bool trusted = false;
    std::string why;               // one clause: what was found
    stamp smallest_hand_over = 0;  // the least distance seen between two stamps ordered by a hand-over, ticks
};

// Some thousand times over, a thread on one CPU takes a stamp, hands over, and a thread on the other takes
// its own. `skew_of_b` is added to what the second one reads: for the test of the test.
struct hand_over_check {
    unsigned backwards = 0;  // how often the later stamp was the smaller one
    stamp smallest = never;  // least distance otherwise, ticks
};
hand_over_check check_hand_overs(int cpu_a, int cpu_b, stamp skew_of_b = 0);

// Whether stamps taken on these CPUs order calls across them: the counter is invariant by the kernel's word
// (constant_tsc, nonstop_tsc), and in the hand-overs between each two of the CPUs, both ways, no later stamp
// was the smaller one. What remains: a skew smaller than
// smallest_hand_over, which no hand-over between the two could show, could still hide or feign a violation
// between two calls that lie closer together than that.
stamp_check check_stamps(const std::vector<int>& cpus);

}  // namespace handoff::linearizability
