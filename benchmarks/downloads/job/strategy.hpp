// What a strategy for downloading many documents is: what it promises, and a function that does it. It never
// times, sleeps or verifies; it only decides who fetches what when, and hands the results in.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "network.hpp"

namespace handoff {

class download_run;

// one: all is done by the thread that runs the strategy. one_each: a thread for each document under way.
enum class thread_use { one, one_each };

// How many documents it has under way at most: as many as it is told, or what its very idea says.
enum class flight { as_told, one, whole_list };

// How it fetches a document: in a thread that waits for it, over whatever network; or on one thread, by the
// steps that only the simulated network has, or in the event loop that only a real one has; or in processes
// that have a simulated network each.
enum class fetching { in_threads, by_steps, in_a_loop, in_processes };

// Workers that were started by hand, on any host: it knows no such thing; or they cannot take part, for it
// shares more with its workers than a server; or they do.
enum class strangers { unknown, refused, welcome };

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
    // Its documents can share a simulated link, which is in the memory of one host.
    bool shares_link = true;
    strangers workers_elsewhere = strangers::unknown;
};

// What a strategy needs around it, such as a server: it is there before the clock starts.
class strategy_session {
public:
    strategy_session() = default;
    strategy_session(const strategy_session&) = delete;
    strategy_session& operator=(const strategy_session&) = delete;
    virtual ~strategy_session() = default;

    virtual void run(download_run& run) = 0;
    // After the clock has stopped: ends what was started, and says what is wrong with what was left, or
    // nothing.
    virtual std::string end() = 0;
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
    void (*run)(download_run&) = nullptr;
    // For one that needs something around it: what this makes is used in the place of `run`.
    std::unique_ptr<strategy_session> (*prepare)(const std::vector<document>&, const network_spec&,
                                                 unsigned in_flight) = nullptr;
};

}  // namespace handoff
