// Locks that are watched: who holds which, and who waits for which. Threads that wait for one another in a
// ring wait for ever; the watch says who they are, and calls one of them off, so that the program goes on.
//
// For the experiment with the order of locks, not for timing: one mutex guards the state of all watched
// locks, so that what the watch sees is always one consistent moment, and a ring that it sees is one.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace handoff {

class watched_mutex;

// Thrown by watched_mutex::lock in a thread that was called off. It holds what it held before; leaving its
// scopes gives that back, which lets the others of the ring go on.
struct called_off : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// One thread of a ring: it waits for a lock that the next one holds, the last for one of the first.
struct ring_link {
    std::string thread;
    std::string holds;
    std::string waits_for;
};
using lock_ring = std::vector<ring_link>;

// "thread 'a' holds 'x' and waits for 'y'; thread 'b' holds …"
std::string text(const lock_ring& ring);

class lock_watch {
public:
    lock_watch();
    // The watched locks must be free.
    ~lock_watch();
    lock_watch(const lock_watch&) = delete;
    lock_watch& operator=(const lock_watch&) = delete;

    // Under this name it will be spoken of. Each thread that locks must have one.
    void name_this_thread(const std::string& name);

    // All that were seen so far.
    std::vector<lock_ring> rings() const;

private:
    friend class watched_mutex;

    struct person {
        std::string name;
        const watched_mutex* waits_for = nullptr;
        bool called_off = false;
    };

    void keep_watch();
    void look();
    lock_ring ring_from(const person& first) const;
    person& self();

    mutable std::mutex guard_;         // of all below, and of the owners of all watched locks
    std::condition_variable freed_;    // a lock was freed, or somebody called off
    std::condition_variable waiting_;  // somebody begins to wait, or the watch ends
    std::map<std::thread::id, person> people_;
    std::vector<lock_ring> rings_;
    bool news_ = false;
    bool ended_ = false;
    std::thread watchdog_;  // last: it uses all of the above
};

// Lockable, for std::lock_guard, std::scoped_lock and the like.
class watched_mutex {
public:
    watched_mutex(lock_watch& watch, std::string name);
    watched_mutex(const watched_mutex&) = delete;
    watched_mutex& operator=(const watched_mutex&) = delete;

    // Throws called_off if the calling thread has become part of a ring and is the one to leave it.
    void lock();
    bool try_lock();
    void unlock();

private:
    friend class lock_watch;

    lock_watch& watch_;
    const std::string name_;
    const lock_watch::person* owner_ = nullptr;
};

}  // namespace handoff
