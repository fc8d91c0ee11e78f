#include "lock_watch.hpp"

#include <utility>

#include "harness/machine/errors.hpp"

namespace handoff {

std::string text(const lock_ring& ring) {
    std::string all;
    for (const ring_link& one : ring)
        all += (all.empty() ? "thread '" : "; thread '") + one.thread + "' holds '" + one.holds +
               "' and waits for '" + one.waits_for + "'";
    return all;
}

lock_watch::lock_watch() : watchdog_([this] { keep_watch(); }) {}

lock_watch::~lock_watch() {
    {
        const std::scoped_lock hold(guard_);
        ended_ = true;
    }
    waiting_.notify_one();
    watchdog_.join();
}

void lock_watch::name_this_thread(const std::string& name) {
    const std::scoped_lock hold(guard_);
    people_[std::this_thread::get_id()].name = name;
}

std::vector<lock_ring> lock_watch::rings() const {
    const std::scoped_lock hold(guard_);
    return rings_;
}

lock_watch::person& lock_watch::self() {
    const auto found = people_.find(std::this_thread::get_id());
    if (found == people_.end()) throw misuse("a thread without a name takes a watched lock");
    return found->second;
}

void lock_watch::keep_watch() {
    std::unique_lock hold(guard_);
    for (;;) {
        waiting_.wait(hold, [this] { return news_ || ended_; });
        if (ended_) return;
        news_ = false;
        look();
    }
}

// Calls off one thread of each ring. A thread waits for one lock at most, so no thread is in two rings.
void lock_watch::look() {
    for (auto& [id, one] : people_) {
        lock_ring found = ring_from(one);
        if (found.empty()) continue;
        rings_.push_back(std::move(found));
        one.called_off = true;
        freed_.notify_all();
    }
}

// From thread to lock to owner, until it comes back to the first; empty if it does not. Who was called off no
// longer counts as waiting.
lock_ring lock_watch::ring_from(const person& first) const {
    lock_ring ring;
    const person* one = &first;
    do {
        if (one->waits_for == nullptr || one->called_off || ring.size() > people_.size()) return {};
        const person* const next = one->waits_for->owner_;
        if (next == nullptr) return {};
        ring.push_back({one->name, "", one->waits_for->name_});
        one = next;
    } while (one != &first);
    // What each one holds is what the one before waits for.
    for (std::size_t i = 0; i < ring.size(); ++i)
        ring[i].holds = ring[(i + ring.size() - 1) % ring.size()].waits_for;
    return ring;
}

watched_mutex::watched_mutex(lock_watch& watch, std::string name) : watch_(watch), name_(std::move(name)) {}

void watched_mutex::lock() {
    std::unique_lock hold(watch_.guard_);
    lock_watch::person& self = watch_.self();
    if (owner_ != nullptr) {
        self.waits_for = this;
        watch_.news_ = true;
        watch_.waiting_.notify_one();
        watch_.freed_.wait(hold, [&] { return owner_ == nullptr || self.called_off; });
        self.waits_for = nullptr;
        if (std::exchange(self.called_off, false))
            throw called_off("thread '" + self.name + "' was called off waiting for '" + name_ + "'");
    }
    owner_ = &self;
}

bool watched_mutex::try_lock() {
    const std::scoped_lock hold(watch_.guard_);
    if (owner_ != nullptr) return false;
    owner_ = &watch_.self();
    return true;
}

void watched_mutex::unlock() {
    {
        const std::scoped_lock hold(watch_.guard_);
        owner_ = nullptr;
    }
    watch_.freed_.notify_all();
}

}  // namespace handoff
