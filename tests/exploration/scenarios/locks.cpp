// The scenarios of the locks: a plain number under each of them, in letters: l locks, t tries to.
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exploration/explorer/plain.hpp"
#include "locks/ticket_lock.hpp"
#include "locks/ttas_lock.hpp"
#include "registry.hpp"

namespace handoff::exploration {
namespace {

// How many times the lock was taken.
template <class Lock>
int work(Lock& lock, plain<int>& guarded, std::string_view letters) {
    int taken = 0;
    for (const char letter : letters) {
        std::unique_lock hold(lock, std::defer_lock);
        if (letter == 'l') {
            hold.lock();
        } else if (!hold.try_lock()) {
            continue;
        }
        ++guarded;
        ++taken;
    }
    return taken;
}

template <class Lock>
void run(const std::vector<std::string>& plan) {
    Lock lock;
    plain<int> guarded{0};
    int taken = 0;  // the threads take turns on one thread of the process
    std::vector<std::function<void()>> threads;
    for (const std::string& letters : plan) {
        threads.emplace_back([&] { taken += work(lock, guarded, letters); });
    }
    running().run_threads(threads);
    require(guarded == taken, "two threads were in the lock at once");
    require(lock.try_lock(), "a lock that nobody holds cannot be taken");
    lock.unlock();
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

template <class Lock>
void add_all(std::vector<scenario>& to, const char* lock) {
    constexpr bounds wide{.preemptions = 4, .stale = 3, .spurious = 1};
    constexpr bounds narrow{.preemptions = 2, .stale = 1, .spurious = 1};
    add<Lock>(to, lock, "two threads, twice", wide, {"ll", "ll"});
    add<Lock>(to, lock, "three threads", narrow, {"l", "l", "l"});
    add<Lock>(to, lock, "lock and try_lock", wide, {"lt", "tl"});
}

}  // namespace

void add_lock_scenarios(std::vector<scenario>& to) {
    add_all<ttas_lock>(to, "ttas_lock");
    add_all<ticket_lock>(to, "ticket_lock");
}

}  // namespace handoff::exploration
