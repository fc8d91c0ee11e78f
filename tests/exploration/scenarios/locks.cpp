// The scenarios of the locks: a plain number under each of them, in letters: l locks, t tries to; r reads
// with others, s tries to.
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exploration/explorer/plain.hpp"
#include "locks/array_lock.hpp"
#include "locks/clh_lock.hpp"
#include "locks/counting_shared_lock.hpp"
#include "locks/futex_mutex.hpp"
#include "locks/mcs_lock.hpp"
#include "locks/reader_slots_lock.hpp"
#include "locks/spin_then_park_lock.hpp"
#include "locks/ticket_lock.hpp"
#include "locks/ttas_backoff_lock.hpp"
#include "locks/ttas_lock.hpp"
#include "registry.hpp"

namespace handoff::exploration {
namespace {

// The number that the lock guards, and what threads have made of it.
struct guarded_number {
    plain<int> value{0};
    int changes = 0;  // the threads take turns on one thread of the process
};

template <class Handle>
void change(Handle& handle, guarded_number& guarded, char letter) {
    if (letter == 'l') {
        handle.lock();
    } else if constexpr (tried_lock<Handle>) {
        if (!handle.try_lock()) return;
    }
    ++guarded.value;
    ++guarded.changes;
    handle.unlock();
}

template <class Handle>
void read(Handle& handle, guarded_number& guarded, char letter) {
    if (letter == 'r') {
        handle.lock_shared();
    } else if (!handle.try_lock_shared()) {
        return;
    }
    require(guarded.value == guarded.changes, "a reader was in the lock with a writer");
    handle.unlock_shared();
}

template <class Lock>
void work(Lock& lock, guarded_number& guarded, std::string_view letters) {
    typename Lock::handle handle(lock);
    for (const char letter : letters) {
        if (letter == 'l' || letter == 't') {
            change(handle, guarded, letter);
        } else if constexpr (shared_lock_handle<typename Lock::handle>) {
            read(handle, guarded, letter);
        }
    }
}

// With a try, where there is one: what cannot be taken is said so, and not waited for.
template <class Handle>
void require_free(Handle& handle) {
    if constexpr (tried_lock<Handle>) {
        require(handle.try_lock(), "a lock that nobody holds cannot be taken");
    } else {
        handle.lock();
    }
    handle.unlock();
}

template <class Lock>
void run(const std::vector<std::string>& plan) {
    Lock lock;
    guarded_number guarded;
    std::vector<std::function<void()>> threads;
    for (const std::string& letters : plan) threads.emplace_back([&] { work(lock, guarded, letters); });
    running().run_threads(threads);
    require(guarded.value == guarded.changes, "two threads were in the lock at once");
    typename Lock::handle handle(lock);
    require_free(handle);
}

template <class Lock>
void add(std::vector<scenario>& to, const char* lock, std::string name, const bounds& limits,
         std::vector<std::string> plan) {
    const auto threads = static_cast<unsigned>(plan.size());
    to.push_back({.implementation = lock,
                  .name = std::move(name),
                  .threads = threads,
                  .limits = limits,
                  .body = [plan = std::move(plan)] { run<Lock>(plan); }});
}

// How much of it is explored to the end.
struct bounds_of_locks {
    static constexpr bounds wide{.preemptions = 4, .stale = 3, .spurious = 1};
    static constexpr bounds middle{.preemptions = 3, .stale = 2, .spurious = 1};
    static constexpr bounds narrow{.preemptions = 2, .stale = 1, .spurious = 1};
};

// As anderson_lock, in which more threads than slots may wait.
struct few_slots : array_lock<2> {
    using handle = direct_lock_handle<few_slots>;
};

template <class Lock>
void add_all(std::vector<scenario>& to, const char* lock, const bounds& of_two = bounds_of_locks::wide) {
    using handle = typename Lock::handle;
    add<Lock>(to, lock, "two threads, twice", of_two, {"ll", "ll"});
    add<Lock>(to, lock, "three threads", bounds_of_locks::narrow, {"l", "l", "l"});
    if constexpr (tried_lock<handle>) add<Lock>(to, lock, "lock and try_lock", of_two, {"lt", "tl"});
    if constexpr (shared_lock_handle<handle>) {
        add<Lock>(to, lock, "a reader and a writer", of_two, {"rr", "lr"});
        add<Lock>(to, lock, "two readers and a writer", bounds_of_locks::narrow, {"r", "r", "l"});
        add<Lock>(to, lock, "tries of a reader and of a writer", of_two, {"sr", "tl"});
    }
}

}  // namespace

void add_lock_scenarios(std::vector<scenario>& to) {
    add_all<ttas_lock>(to, "ttas_lock");
    add_all<ttas_backoff_lock>(to, "ttas_backoff_lock", bounds_of_locks::middle);
    add_all<ticket_lock>(to, "ticket_lock");
    add_all<few_slots>(to, "anderson_lock");
    add_all<mcs_lock>(to, "mcs_lock", bounds_of_locks::middle);
    add_all<clh_lock>(to, "clh_lock", bounds_of_locks::middle);
    add_all<futex_mutex>(to, "futex_mutex");
    add_all<spin_then_park_lock>(to, "spin_then_park_lock");
    add_all<counting_shared_lock>(to, "counting_shared_lock");
    // Two readers of different slots, and of the same.
    add_all<reader_slots_lock<2>>(to, "slotted_shared_lock", bounds_of_locks::middle);
}

}  // namespace handoff::exploration
