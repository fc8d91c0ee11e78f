// One execution of a scenario: what every operation on shared things calls, and what came of it. The classes
// of the seam (atomic.hpp, plain.hpp, mutex.hpp, futex.hpp, pause.hpp) are thin above it.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "address_map.hpp"
#include "memory.hpp"
#include "scheduler.hpp"
#include "shadow.hpp"

namespace handoff::exploration {

// Where in the source an operation stands.
struct place {
    const char* file;
    int line;
};

struct outcome {
    std::string failure;  // empty: none
    std::vector<unsigned> choices;
    std::vector<std::string> trace;  // if asked for
    std::vector<int> observed;
    unsigned steps = 0;
};

class execution {
public:
    outcome run(const std::function<void()>& body, decisions& from, const bounds& limits, bool tracing);

    // Of the scenario: threads that run until all have ended; a check; a value for the outcome.
    void run_threads(std::span<const std::function<void()>> work);
    [[noreturn]] void fail(std::string what);
    void observe(std::initializer_list<int> values);
    // An event of the current thread for a history of operations, and all that happens before it.
    epoch mark();
    const vector_clock& clock() const { return memory_.clock(scheduler_.current()); }
    unsigned current() const { return scheduler_.current(); }

    // Atomic objects. Values are their bytes.
    void create_atomic(const void* object, std::uint64_t value);
    void destroy_atomic(const void* object);
    std::uint64_t load(const void* object, std::memory_order order, place where);
    void store(const void* object, std::uint64_t value, std::memory_order order, place where);
    // A read-modify-write: the value before; then, nothing between, the value after.
    std::uint64_t begin_update(const void* object, std::memory_order order, place where);
    void end_update(std::uint64_t value);
    struct exchange {
        std::uint64_t desired;
        std::memory_order success, failure;
        bool is_weak;
    };
    bool compare_exchange(const void* object, std::uint64_t& expected, const exchange& how, place where);
    void fence(std::memory_order order, place where);
    std::uint64_t latest(const void* object);  // what the kernel sees

    // What is not atomic.
    enum class access { begin_life, end_life, read, write };
    void touch(const void* object, access how);

    // A thread spins: it gives way until something that it has looked at since the last pause has changed.
    void spin();
    // A visible operation of another kind: others may run first.
    void step(place where, const char* what);
    scheduler::ended wait(const char* what, const std::function<bool()>& can_run, bool can_wake = false);
    unsigned choose(unsigned count) { return scheduler_.choose(count, 0); }

    const knowledge& known() const { return memory_.known(scheduler_.current()); }
    void learn(const knowledge& from) { memory_.learn(scheduler_.current(), from); }

    // Who sleeps on a futex, by thread.
    struct futex_sleeper {
        const void* word = nullptr;
        bool is_woken = false;
    };
    std::array<futex_sleeper, max_threads>& futex_sleepers() { return futex_sleepers_; }

private:
    struct atomic_object {
        unsigned location = 0;
        bool alive = false;
        epoch constructed;
        vector_clock accesses;
        std::uint64_t version = 0;  // counts the stores
    };
    // What a thread has seen since its last pause.
    struct look {
        unsigned object;
        std::uint64_t version;
    };
    struct spinner {
        std::vector<look> looks;
        bool looked_at_old = false;  // a look was not at the latest, or failed for no reason
    };
    struct update_under_way {
        unsigned object = 0;
        store_id from = 0;
        std::memory_order order{};
    };

    // `text` makes a line of the trace, if there is one.
    template <class Text>
    void say(place where, const Text& text) {
        if (tracing_) note(where, text());
    }
    void note(place where, const std::string& text);
    unsigned access_atomic(const void* object, place where, const char* what);
    void looked(unsigned object, bool at_latest);
    void stored(unsigned object, std::uint64_t version_before);
    store_id pick(unsigned first_percent);
    const char* remark(store_id picked, const char* unless_latest) const;
    void finish_read(unsigned object, store_id from, std::memory_order order);
    void apply_update(unsigned object, store_id from, std::memory_order order, std::uint64_t value);
    void check_leaks();
    std::string stuck() const { return "nobody can go on: " + scheduler_.waiting(); }
    static void freed(const void* block, std::size_t size, bool sound);

    memory memory_;
    shadow shadow_;
    scheduler scheduler_;
    address_map numbers_;
    std::vector<atomic_object> objects_;
    std::array<spinner, max_threads> spinners_;
    update_under_way update_;
    std::array<futex_sleeper, max_threads> futex_sleepers_;
    std::vector<store_id> candidates_;
    outcome outcome_;
    bool tracing_ = false;
};

// The execution that is under way.
execution& running();

// A check in a scenario.
inline void require(bool holds, const char* what) {
    if (!holds) running().fail(what);
}

}  // namespace handoff::exploration
