// Stops some of several threads, one or two at a time, at random instants and for random times, until all of
// them have ended. What runs by the test's thread, while the others work, takes no lock and no memory: a
// stopped thread may hold the lock of the allocator.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <thread>

#include "session.hpp"
#include "stop.hpp"

namespace handoff::stalls {

class random_stops {
public:
    // A stop lasts from 10 us up to 30 us, and so much longer as 20 us are doubled up to `doublings` - 1
    // times: short ones as often as long ones. In a long one the others come round a ring of thousands of
    // slots.
    random_stops(unsigned threads, unsigned doublings) : doublings_(doublings), threads_(threads) {}

    target& thread(unsigned i) { return threads_[i]; }

    // Stops threads that know nothing of it.
    void stop_until_all_have_ended() {
        while (!all_ended()) {
            sleep_us(conformance::random_below(300));
            if (!stop_any()) continue;
            if (conformance::random_below(3) == 0) stop_any();
            sleep_us(a_stall_us());
            release_all();
        }
    }
    // Releases threads whose own timers have stopped them.
    void release_until_all_have_ended() {
        while (!all_ended()) {
            if (is_anybody_stopped()) {
                sleep_us(a_stall_us());
                release_all();
            } else {
                sleep_us(10);
            }
        }
    }

    std::uint64_t stops() const {
        std::uint64_t all = 0;
        for (const target& one : threads_) all += one.stops();
        return all;
    }

private:
    std::uint64_t a_stall_us() const {
        const std::uint64_t doublings = conformance::random_below(doublings_);
        return 10 + conformance::random_below(std::uint64_t{20} << doublings);
    }

    static void sleep_us(std::uint64_t time) { std::this_thread::sleep_for(std::chrono::microseconds(time)); }

    bool stop_any() { return threads_[conformance::random_below(threads_.size())].stop(); }

    void release_all() {
        for (target& one : threads_) {
            if (one.is_stopped()) one.release();
        }
    }

    bool all_ended() const {
        return std::all_of(threads_.begin(), threads_.end(), [](const target& one) { return one.ended(); });
    }

    const unsigned doublings_;
    std::deque<target> threads_;  // they stay where they are
};

}  // namespace handoff::stalls
