#include "mutex.hpp"

#include "arena.hpp"

namespace handoff::exploration {

mutex::~mutex() {
    if (owner_ != nobody) running().fail("a mutex is destroyed that is held");
}

void mutex::take() {
    const auto is_free = [this] { return owner_ == nobody; };
    if (!is_free()) running().wait("a mutex", is_free);
    owner_ = running().current();
    running().learn(handed_over_);
}

void mutex::leave() {
    if (owner_ != running().current())
        running().fail("a mutex is unlocked by a thread that does not hold it");
    running().mark();
    handed_over_ = running().known();
    owner_ = nobody;
}

void mutex::lock() {
    const arena::outside guard;
    running().step({}, "locks");
    if (owner_ == running().current()) running().fail("a mutex is locked by the thread that holds it");
    take();
}

bool mutex::try_lock() {
    const arena::outside guard;
    running().step({}, "tries to lock");
    if (owner_ != nobody) return false;
    take();
    return true;
}

void mutex::unlock() {
    const arena::outside guard;
    running().step({}, "unlocks");
    leave();
}

condition_variable::~condition_variable() {
    for (const sleeper& s : sleepers_) {
        if (s.is_waiting) running().fail("a condition variable is destroyed that is waited for");
    }
}

void condition_variable::notify_one() {
    const arena::outside guard;
    running().step({}, "notifies one");
    unsigned count = 0;
    for (const sleeper& s : sleepers_) count += s.is_waiting && !s.is_notified ? 1 : 0;
    if (count == 0) return;
    unsigned chosen = running().choose(count);
    for (sleeper& s : sleepers_) {
        if (s.is_waiting && !s.is_notified && chosen-- == 0) s.is_notified = true;
    }
}

void condition_variable::notify_all() {
    const arena::outside guard;
    running().step({}, "notifies all");
    for (sleeper& s : sleepers_) s.is_notified = s.is_waiting;
}

// Gives the mutex up and falls asleep in one step, as POSIX demands.
bool condition_variable::sleep(mutex& held, bool may_time_out) {
    const arena::outside guard;
    running().step({}, "waits for a notification");
    sleeper& me = sleepers_[running().current()];
    me = {.is_waiting = true, .is_notified = false};
    held.leave();
    const auto can_run = [&me, may_time_out] { return me.is_notified || may_time_out; };
    const auto ended = running().wait("a notification", can_run, true);
    const bool in_time = me.is_notified || ended == scheduler::ended::for_no_reason;
    me.is_waiting = false;
    held.take();
    return in_time;
}

}  // namespace handoff::exploration
