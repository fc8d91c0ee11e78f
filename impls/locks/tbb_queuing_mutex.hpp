// oneTBB's queuing_mutex, an MCS lock: first come, first served. The handle is the library's scoped_lock,
// which is the node.
//
// Progress: blocking; unlock is blocking, too, as in mcs_lock.hpp.
#pragma once

#include <tbb/queuing_mutex.h>

#include "../lock.hpp"

namespace handoff {

class tbb_queuing_mutex {
public:
    class handle {
    public:
        explicit handle(tbb_queuing_mutex& lock) : mutex_(&lock.mutex_) {}
        void lock() { mine_.acquire(*mutex_); }
        bool try_lock() { return mine_.try_acquire(*mutex_); }
        void unlock() { mine_.release(); }

    private:
        tbb::queuing_mutex* mutex_;
        tbb::queuing_mutex::scoped_lock mine_;
    };

    static constexpr lock_spec spec{
        .name = "tbb_queuing_mutex",
        .cite = "tbb::queuing_mutex, oneTBB",
        .unlock = progress::blocking,
        .fair = fairness::fifo,
    };

private:
    tbb::queuing_mutex mutex_;
};

}  // namespace handoff
