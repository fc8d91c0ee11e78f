// Gets in the way of a transfer: stops one or two of its threads at a time, at random instants and for random
// times, and counts the items that were overtaken. In two of three transfers one end is the slower one, so
// that the queue stays full, or empty: where slots are reused too early, the items between are overtaken only
// if they are still there.
#pragma once

#include <cstdint>

#include "overtaking.hpp"
#include "random_stops.hpp"
#include "session.hpp"
#include "support/pause.hpp"
#include "transfer.hpp"

namespace handoff::stalls {

class troublemaker {
public:
    explicit troublemaker(const conformance::transfer_plan& plan)
        : stops_(plan.producers + plan.consumers, doublings), overtaking_(plan.producers, plan.consumers) {
        const std::uint64_t slower_end = conformance::random_below(3);
        if (slower_end == 0) pauses_before_push_ = most_pauses;
        if (slower_end == 1) pauses_before_pop_ = most_pauses;
    }

    // As conformance::nobody describes.
    target::presence thread_begins(unsigned i) { return target::presence(stops_.thread(i)); }
    void push_begins(unsigned) { pause_for(pauses_before_push_); }
    void pop_begins(unsigned consumer) {
        pause_for(pauses_before_pop_);
        overtaking_.pop_begins(consumer);
    }
    void popped(unsigned consumer, std::uint64_t value) { overtaking_.popped(consumer, value); }
    void meanwhile() { stops_.stop_until_all_have_ended(); }

    std::uint64_t stops() const { return stops_.stops(); }
    std::uint64_t reordered() const { return overtaking_.count(); }

private:
    // Up to some time slices: 10 ms.
    static constexpr unsigned doublings = 10;
    // Longer than a push and a pop take, shorter than would make a stall look short.
    static constexpr unsigned most_pauses = 8;

    static void pause_for(unsigned pauses) {
        for (; pauses > 0; --pauses) pause();
    }

    random_stops stops_;
    overtaking overtaking_;
    unsigned pauses_before_push_ = 0;
    unsigned pauses_before_pop_ = 0;
};

}  // namespace handoff::stalls
