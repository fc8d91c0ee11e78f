// Virtual time: a clock that stands still while anybody has something to do, and then moves on to the next
// time that somebody waits for. A job of hours takes as long as its hand-overs do, and its makespan is that
// of threads whose work takes no time.
//
// Whether anybody has something to do is known from what the strategy promises: it starts a document as soon
// as it may, and hands in a result as soon as it may. A strategy that breaks its promise makes the clock
// stand still for good; the campaign's watchdog then ends it.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <queue>
#include <vector>

#include "network.hpp"
#include "strategy.hpp"

namespace handoff {

class virtual_time {
public:
    virtual_time(const strategy_spec& spec, std::size_t documents, unsigned in_flight);

    job_time now() const;

    // Blocks the calling thread.
    void sleep_until(job_time time);
    // For event loops: `wake` is called then, by any thread; it must not call this clock.
    void call_at(job_time time, std::function<void()> wake);

    // What happened. Each may move the clock.
    void started();
    void fetched(std::size_t index);
    void delivered();

private:
    struct sleeper {
        job_time time;
        std::uint64_t number;  // who came first wakes first
        std::function<void()> wake;
        bool operator>(const sleeper& other) const {
            return time != other.time ? time > other.time : number > other.number;
        }
    };

    void add(job_time time, std::function<void()> wake);
    bool may_start() const;
    bool may_deliver() const;
    void move_on();

    const bool in_order_;
    const std::size_t documents_;
    const std::size_t in_flight_;
    const std::size_t ahead_;  // in documents; as many as there are where the strategy has no such limit

    mutable std::mutex mutex_;  // guards what follows
    job_time now_{0};
    std::uint64_t numbers_ = 0;
    std::priority_queue<sleeper, std::vector<sleeper>, std::greater<>> sleepers_;
    std::size_t started_ = 0;
    std::size_t fetched_ = 0;
    std::size_t delivered_ = 0;
    std::vector<bool> has_;  // which are fetched
};

}  // namespace handoff
