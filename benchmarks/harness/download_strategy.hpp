// What a strategy for downloading many documents is: what it promises, and a function that does it. It never
// times, sleeps or verifies; it only decides who fetches what when, and hands the results in.
#pragma once

#include <cstddef>
#include <string_view>

namespace handoff {

class download_run;

// one: all is done by the thread that runs the strategy. one_each: a thread for each document under way.
enum class thread_use { one, one_each };

// How many documents it has under way at most: as many as it is told, or what its very idea says.
enum class flight { as_told, one, whole_list };

// How it fetches a document: in a thread that waits for it, over whatever network; or on one thread, by the
// steps that only the simulated network has, or in the event loop that only a real one has.
enum class fetching { in_threads, by_steps, in_a_loop };

struct strategy_spec {
    std::string_view name;
    flight limit = flight::as_told;
    thread_use threads = thread_use::one_each;
    fetching fetches = fetching::in_threads;
    // Results are handed in in the order of the list.
    bool in_order = false;
    // How far it starts ahead of the first document that was not handed in, in multiples of what may be under
    // way at once. 0: as far as it likes.
    unsigned ahead = 0;
    // It starts a further document whenever the two limits allow it, without delay. Virtual time relies on
    // that: it must know whether anybody has something to do before the clock moves on.
    bool prompt = true;
};

// How many documents of a list that is so long it has under way at most when it is told `told`.
constexpr unsigned limit_of(const strategy_spec& spec, unsigned told, std::size_t documents) {
    switch (spec.limit) {
        case flight::one:
            return 1;
        case flight::whole_list:
            return static_cast<unsigned>(documents);
        case flight::as_told:
            break;
    }
    return told;
}

// `run` calls fetch() for each document once, with at most in_flight() at a time, and deliver() with each
// result once, from whatever threads it likes. All of these have ended when it returns.
struct strategy {
    strategy_spec spec;
    void (*run)(download_run&);
};

}  // namespace handoff
