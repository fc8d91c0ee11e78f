// Control: a spin lock that promises what spin locks keep, and once in a million acquisitions is open again
// as soon as it is taken, so that a second thread comes in. Every verification must fail it.
#pragma once

#include "../lock.hpp"
#include "../locks/ttas_lock.hpp"
#include "fault_schedule.hpp"

namespace handoff {

class intruding_lock {
public:
    class handle {
    public:
        explicit handle(intruding_lock& lock) : lock_(&lock) {}

        void lock() {
            lock_->held_.lock();
            open_ = lock_->faults_.next();
            if (open_) lock_->held_.unlock();
        }

        void unlock() {
            if (!open_) lock_->held_.unlock();
        }

    private:
        intruding_lock* lock_;
        bool open_ = false;  // this thread has let go of the lock that it seems to have
    };

    static constexpr lock_spec spec{
        .name = "intruding_lock",
        .cite = "control: lets a second thread in, once in 1,000,000 acquisitions",
        .unlock = progress::wait_free,
        .fair = fairness::none,
    };

private:
    ttas_lock held_;
    fault_schedule faults_;  // guarded by held_
};

}  // namespace handoff
