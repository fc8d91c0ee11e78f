// What the operating system says that a thread, or the machine, has used.
#pragma once

#include <time.h>

#include <cstdint>

namespace handoff {

struct usage {
    double cpu_seconds = 0.0;  // user and system
    std::int64_t voluntary_switches = 0;
    std::int64_t involuntary_switches = 0;
    std::int64_t migrations = 0;  // 0 where the kernel does not tell

    static usage of_this_thread();
    // Of all its threads and of the processes that it has started, as far as they have ended (of the threads
    // also those that run); without migrations, which are told by thread.
    static usage of_this_process();
    usage& operator+=(const usage& other);
    friend usage operator-(usage a, const usage& b) {
        a.cpu_seconds -= b.cpu_seconds;
        a.voluntary_switches -= b.voluntary_switches;
        a.involuntary_switches -= b.involuntary_switches;
        a.migrations -= b.migrations;
        return a;
    }
};

// The CPU time of one thread, which others may read while it sleeps or runs.
class thread_cpu_clock {
public:
    static thread_cpu_clock of_this_thread();
    // User and system, since the thread began. The thread must not have ended.
    double seconds() const;

private:
    clockid_t id_{};
};

// The most memory that this process has had in RAM since it began to run its program. 0 where the kernel does
// not tell.
double peak_resident_bytes();

// How many threads this process has now; 0 where the kernel does not tell.
unsigned threads_of_this_process();

// Seconds that the hypervisor has taken from this machine's CPUs since boot, summed over them.
double stolen_seconds();

}  // namespace handoff
