// The lock contract: what a lock says of itself, what it must offer, and its handles.
//
// A thread uses a lock through a handle, which is a BasicLockable of the standard library: std::lock_guard
// and std::unique_lock take it. A lock that keeps something for each thread, such as the node of a list,
// keeps it in a handle of its own; for all others `using handle = direct_lock_handle<my_lock>;` passes the
// calls on.
//
// Required:  lock(), unlock()
// Optional:  try_lock()
//            lock_shared(), unlock_shared(): then readers are in the lock together, a writer alone
//            try_lock_shared()
// What is written under the lock is visible to whoever takes it next.
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>

#include "queue.hpp"

namespace handoff {

// Whom a lock takes next.
//   fifo            the thread that has waited longest: no thread that begins to wait later comes before it
//   bounded_bypass  a waiting thread is passed over a limited number of times: lock_spec::most_bypasses
//   none            any thread: one may be passed over any number of times
// A thread waits from the moment at which its call has announced it to the lock, which is not its first
// instruction. Of a lock that readers share this is about the threads that take it alone.
enum class fairness { fifo, bounded_bypass, none };

struct lock_spec {
    std::string_view name;  // catalog name: the same as the file and the type
    std::string_view cite;  // paper or project; a version is the build's to say (handoff_library)
    // Of unlock. That of lock is blocking, as a lock's must be: it waits for the thread that has it.
    progress unlock;
    fairness fair;
    std::uint64_t most_bypasses = 0;         // with bounded_bypass only
    try_failure tries = try_failure::exact;  // exact: a try fails only if the lock is held
    bool recursive = false;                  // the thread that has it may take it again
    bool may_block = false;                  // a waiting thread may sleep in the kernel
};

template <class H>
concept tried_lock = requires(H h) {
    { h.try_lock() } -> std::same_as<bool>;
};

template <class H>
concept shared_lock_handle = requires(H h) {
    h.lock_shared();
    h.unlock_shared();
};

template <class H>
concept tried_shared_lock = shared_lock_handle<H> && requires(H h) {
    { h.try_lock_shared() } -> std::same_as<bool>;
};

// Handles are created and used by one thread each and destroyed before the lock, while they do not hold it.
template <class L>
concept lock = std::default_initializable<L> && std::constructible_from<typename L::handle, L&> &&
    requires(typename L::handle h) {
    { L::spec } -> std::same_as<const lock_spec&>;
    h.lock();
    h.unlock();
};

// The pass-through handle for a lock that keeps nothing for each thread.
template <class L>
class direct_lock_handle {
public:
    explicit direct_lock_handle(L& lock) : lock_(&lock) {}

    void lock() { lock_->lock(); }
    void unlock() { lock_->unlock(); }
    bool try_lock() requires tried_lock<L> { return lock_->try_lock(); }

    void lock_shared() requires shared_lock_handle<L> { lock_->lock_shared(); }
    void unlock_shared() requires shared_lock_handle<L> { lock_->unlock_shared(); }
    bool try_lock_shared() requires tried_shared_lock<L> { return lock_->try_lock_shared(); }

private:
    L* lock_;
};

}  // namespace handoff
