// Items of one producer that come out in another order than they went in, across consumers: an item whose pop
// began when the pop of a later item had already returned. The consumers' own orders do not show it: who
// waits with a claim for a slow slot gets one item, and then only newer ones.
//
// It costs the threads shared writes that order them more than a queue would. So it is used only where
// threads are stopped for so long that this does not matter.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "transfer.hpp"

namespace handoff::stalls {

class overtaking {
public:
    overtaking(unsigned producers, unsigned consumers)
        : newest_(producers), before_(consumers, std::vector<std::uint64_t>(producers)), seen_(consumers) {}

    void pop_begins(unsigned consumer) {
        for (std::size_t p = 0; p < newest_.size(); ++p) before_[consumer][p] = newest_[p];
    }

    void popped(unsigned consumer, std::uint64_t value) {
        const unsigned producer = conformance::producer_of(value);
        if (producer >= newest_.size()) return;  // nobody's: the check of conservation names it
        // One more than the sequence number, so that 0 is none.
        const std::uint64_t place = conformance::sequence_of(value) + 1;
        if (before_[consumer][producer] > place) ++seen_[consumer];
        std::uint64_t newest = newest_[producer];
        while (newest < place && !newest_[producer].compare_exchange_weak(newest, place)) {
        }
    }

    // After all threads have ended.
    std::uint64_t count() const {
        std::uint64_t all = 0;
        for (const std::uint64_t one : seen_) all += one;
        return all;
    }

private:
    std::vector<std::atomic<std::uint64_t>> newest_;  // per producer
    std::vector<std::vector<std::uint64_t>> before_;  // per consumer: newest_ as its pop began
    std::vector<std::uint64_t> seen_;                 // per consumer
};

}  // namespace handoff::stalls
