// Gets in the way of a transfer: stops one or two of its threads at a time, at random instants and for random
// times, and counts the items that were overtaken. In two of three transfers one end is the slower one, so
// that the queue stays full, or empty: where slots are reused too early, the items between are overtaken only
// if they are still there.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <thread>

#include "overtaking.hpp"
#include "session.hpp"
#include "stop.hpp"
#include "support/pause.hpp"
#include "transfer.hpp"

namespace handoff::stalls {

class troublemaker {
public:
    explicit troublemaker(const conformance::transfer_plan& plan)
        : threads_(plan.producers + plan.consumers), overtaking_(plan.producers, plan.consumers) {
        const std::uint64_t slower_end = conformance::random_below(3);
        if (slower_end == 0) pauses_before_push_ = most_pauses;
        if (slower_end == 1) pauses_before_pop_ = most_pauses;
    }

    // As conformance::nobody describes.
    target::presence thread_begins(unsigned i) { return target::presence(threads_[i]); }
    void push_begins(unsigned) { pause_for(pauses_before_push_); }
    void pop_begins(unsigned consumer) {
        pause_for(pauses_before_pop_);
        overtaking_.pop_begins(consumer);
    }
    void popped(unsigned consumer, std::uint64_t value) { overtaking_.popped(consumer, value); }
    void meanwhile() {
        while (!all_ended()) {
            sleep_us(conformance::random_below(300));
            target* const one = stop_any();
            if (one == nullptr) continue;
            target* const other = conformance::random_below(3) == 0 ? stop_any() : nullptr;
            sleep_us(a_stall_us());
            one->release();
            if (other != nullptr) other->release();
        }
    }

    std::uint64_t stops() const { return stops_; }
    std::uint64_t reordered() const { return overtaking_.count(); }

private:
    // Longer than a push and a pop take, shorter than would make a stall look short.
    static constexpr unsigned most_pauses = 8;

    static void pause_for(unsigned pauses) {
        for (; pauses > 0; --pauses) pause();
    }

    // From 10 us to some time slices, short ones as often as long ones: in a long one the others come round a
    // ring of thousands of slots.
    static std::uint64_t a_stall_us() {
        return 10 + conformance::random_below(std::uint64_t{20} << conformance::random_below(10));
    }

    static void sleep_us(std::uint64_t time) { std::this_thread::sleep_for(std::chrono::microseconds(time)); }

    target* stop_any() {
        target& one = threads_[conformance::random_below(threads_.size())];
        if (!one.stop()) return nullptr;
        ++stops_;
        return &one;
    }

    bool all_ended() const {
        for (const target& one : threads_) {
            if (!one.ended()) return false;
        }
        return true;
    }

    std::deque<target> threads_;  // they stay where they are
    overtaking overtaking_;
    unsigned pauses_before_push_ = 0;
    unsigned pauses_before_pop_ = 0;
    std::uint64_t stops_ = 0;
};

}  // namespace handoff::stalls
