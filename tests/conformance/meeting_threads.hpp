// Threads that meet in the calls of a queue, again and again, and whether the memory in use levels off
// meanwhile.
#pragma once

#include <atomic>
#include <barrier>
#include <chrono>
#include <memory>
#include <vector>

#include "levelling.hpp"
#include "stress.hpp"
#include "time_box.hpp"
#include "transfer.hpp"

namespace handoff::conformance {

// Threads that meet all the time: each pushes and pops as fast as it can, where its end is open to it, with
// the same handle from the first use to the last. None is ahead of the pops by more than its share
// of 16 items.
class meeting_threads {
public:
    meeting_threads(const queue_under_test& subject, any_queue<number>& queue)
        : queue_(queue),
          producers_(subject.spec->producers == cardinality::many ? threads : 1),
          consumers_(subject.spec->consumers == cardinality::many ? threads : 1),
          first_consumer_(producers_ == 1 || consumers_ == 1 ? producers_ : 0),
          all_(first_consumer_ > 0 ? producers_ + consumers_ : threads),
          begins_(all_ + 1),
          ends_(all_ + 1),
          ahead_(threads) {}

    void expect_levelling() {
        run_threads(
            all_, [this](unsigned self) { work(self); },
            [this] {
                const auto use = [this] {
                    pushing_ = producers_;
                    begins_.arrive_and_wait();
                    ends_.arrive_and_wait();
                };
                // More often than elsewhere: threads do not meet in each of them, and seldom beside other
                // work.
                const levelling_rule rule{.enough_at_rest = is_deep() ? 60U : 8U, .is_by_chance = true};
                conformance::expect_levelling("several threads", use, length.count(), "milliseconds", rule);
                over_ = true;
                begins_.arrive_and_wait();
            });
    }

private:
    static constexpr unsigned threads = 3;
    static constexpr int share = 16 / threads;
    static constexpr std::chrono::milliseconds length{6};

    struct alignas(128) balance {
        std::atomic<int> items{0};
    };

    void work(unsigned self) {
        const auto producer = self < producers_ ? queue_.producer() : nullptr;
        const auto consumer = self >= first_consumer_ ? queue_.consumer() : nullptr;
        for (begins_.arrive_and_wait(); !over_; begins_.arrive_and_wait()) {
            if (producer) push_and_pop(self, *producer, consumer.get());
            if (consumer) pop_the_rest(*consumer);
            ends_.arrive_and_wait();
        }
    }
    void push_and_pop(unsigned self, any_producer<number>& producer, any_consumer<number>* consumer) {
        std::atomic<int>& ahead = ahead_[self].items;
        for (time_box box(length); !box.is_over();) {
            if (ahead < share && producer.try_push(number{self})) ++ahead;
            if (consumer == nullptr ? ahead >= share : !pop(*consumer)) give_way();
        }
        --pushing_;
    }
    void pop_the_rest(any_consumer<number>& consumer) {
        for (bool last = false; !last;) {
            last = pushing_ == 0;
            while (pop(consumer)) last = false;
            give_way();
        }
    }
    // An item is its producer's number.
    bool pop(any_consumer<number>& consumer) {
        number value = untouched;
        if (!consumer.try_pop(value)) return false;
        if (value < threads) --ahead_[value].items;
        return true;
    }

    any_queue<number>& queue_;
    const unsigned producers_;
    const unsigned consumers_;
    const unsigned first_consumer_;
    const unsigned all_;
    std::barrier<> begins_;
    std::barrier<> ends_;
    std::vector<balance> ahead_;
    std::atomic<unsigned> pushing_{0};
    std::atomic<bool> over_{false};
};

}  // namespace handoff::conformance
