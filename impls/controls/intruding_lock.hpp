// Control: a spin lock that promises what spin locks keep, and once in a million acquisitions lets a second
// thread in. Every verification must fail it. So that the two do meet, whoever has the lock then waits for
// the other one to come; for a while only, because it may have ended.
#pragma once

#include "../lock.hpp"
#include "../locks/ttas_lock.hpp"
#include "../support/atomic.hpp"
#include "../support/pause.hpp"
#include "fault_schedule.hpp"

namespace handoff {

class intruding_lock {
public:
    class handle {
    public:
        explicit handle(intruding_lock& lock) : lock_(&lock) {}

        void lock() {
            intrudes_ = !lock_->held_.try_lock() && lock_->wait();
            if (!intrudes_ && lock_->faults_.next()) lock_->let_one_in();
        }

        void unlock() {
            if (!intrudes_) lock_->held_.unlock();
        }

    private:
        intruding_lock* lock_;
        bool intrudes_ = false;  // this thread is in the lock and does not have it
    };

    static constexpr lock_spec spec{
        .name = "intruding_lock",
        .cite = "control: lets a second thread in, once in 1,000,000 acquisitions",
        .unlock = progress::wait_free,
        .fair = fairness::none,
    };

private:
    // True: the thread was let in. False: it has the lock.
    bool wait() {
        ++waiting_;
        bool let_in = false;
        do {
            yield();
            let_in = door_is_open_.exchange(false);
        } while (!let_in && !held_.try_lock());
        --waiting_;
        return let_in;
    }

    void let_one_in() {
        for (int looks = 0; looks < 100'000 && waiting_ == 0; ++looks) yield();
        door_is_open_ = waiting_ != 0;
    }

    ttas_lock held_;
    fault_schedule faults_;  // guarded by held_
    atomic<unsigned> waiting_{0};
    atomic<bool> door_is_open_{false};
};

}  // namespace handoff
