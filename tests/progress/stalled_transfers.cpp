#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <deque>
#include <thread>

#include "effort.hpp"
#include "overtaking.hpp"
#include "proof.hpp"
#include "stop.hpp"
#include "support/pause.hpp"
#include "tests.hpp"
#include "transfer.hpp"

namespace handoff::stalls {
namespace {

using clock = std::chrono::steady_clock;
using conformance::number;
using conformance::random_below;
using conformance::transfer_plan;

// Stops one or two threads of a transfer at a time, at random instants and for random times, and looks for
// items that were overtaken. In two of three transfers one end is the slower one, so that the queue stays
// full, or empty: where slots are reused too early, the items between are overtaken only if they are still
// there.
class troublemaker {
public:
    explicit troublemaker(const transfer_plan& plan)
        : threads_(plan.producers + plan.consumers), overtaking_(plan.producers, plan.consumers) {
        const std::uint64_t slower_end = random_below(3);
        if (slower_end == 0) pauses_before_push_ = most_pauses;
        if (slower_end == 1) pauses_before_pop_ = most_pauses;
    }

    target::presence thread_begins(unsigned i) { return target::presence(threads_[i]); }
    void push_begins(unsigned) { pause_for(pauses_before_push_); }
    void pop_begins(unsigned consumer) {
        pause_for(pauses_before_pop_);
        overtaking_.pop_begins(consumer);
    }
    void popped(unsigned consumer, std::uint64_t value) { overtaking_.popped(consumer, value); }

    void meanwhile() {
        while (!all_ended()) {
            sleep_us(random_below(300));
            target* const one = stop_any();
            if (one == nullptr) continue;
            target* const other = random_below(3) == 0 ? stop_any() : nullptr;
            sleep_us(a_stall_us());
            one->release();
            if (other != nullptr) other->release();
        }
    }

    std::uint64_t stops() const { return stops_; }
    std::uint64_t overtakes() const { return overtaking_.count(); }

private:
    // Longer than a push and a pop take, shorter than would make a stall look short.
    static constexpr unsigned most_pauses = 8;

    static void pause_for(unsigned pauses) {
        for (; pauses > 0; --pauses) pause();
    }

    // From a moment to some time slices, short ones as often as long ones: in a long one the others come
    // round a ring of thousands of slots.
    static std::uint64_t a_stall_us() { return 10 + random_below(std::uint64_t{20} << random_below(10)); }

    static void sleep_us(std::uint64_t time) { std::this_thread::sleep_for(std::chrono::microseconds(time)); }

    target* stop_any() {
        target& one = threads_[random_below(threads_.size())];
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

void transfer_once(const conformance::queue_under_test& subject, transfer_plan plan, stalls_proof& shown) {
    const auto queue = subject.numbers(plan.requested);
    // Some laps, also of a queue that rounds a small request up to thousands.
    const std::size_t laps = subject.bounded() ? 6 * queue->capacity() : 0;
    plan.items_per_producer = std::max(plan.items_per_producer, laps / plan.producers);
    const conformance::doing what(describe(plan));
    troublemaker bystander(plan);
    conformance::transfer<number, troublemaker> moved(*queue, plan, bystander);
    const conformance::transfer_log& log = moved.run();
    ++shown.transfers;
    shown.items += plan.producers * plan.items_per_producer;
    shown.stops += bystander.stops();
    shown.overtakes += bystander.overtakes();
    conformance::expect_conserved(plan, log);
    if (subject.spec->failure != try_failure::spurious) conformance::expect_nothing_left(log);
    if (subject.keeps_producer_order()) {
        conformance::expect_producer_order(plan.producers, log);
        EXPECT_EQ(bystander.overtakes(), 0U) << "items came out after later ones of the same producer";
    }
}

}  // namespace

void stalled_transfers_keep_the_promise(const conformance::queue_under_test& subject) {
    stalls_proof shown{.name = subject.registered_name, .delivery = subject.spec->delivery};
    const std::vector<transfer_plan> plans = plans_for(subject, {1, 2, 4}, conformance::scaled(4'000, 1'000));
    const auto end = clock::now() + the_effort().per_test;
    // All once, however long they take; then the largest, in which the most can go wrong.
    const std::size_t largest = std::min<std::size_t>(6, plans.size());
    for (std::size_t i = 0; i < plans.size() || clock::now() < end; ++i) {
        const std::size_t plan = i < plans.size() ? i : plans.size() - 1 - random_below(largest);
        transfer_once(subject, plans[plan], shown);
        if (testing::Test::HasFailure()) break;
    }
    shown.holds = !testing::Test::HasFailure();
    write(shown);
    std::printf("%s: overtakes seen under stalls: %llu of %llu items in %llu transfers with %llu stops\n",
                std::string(shown.name).c_str(), static_cast<unsigned long long>(shown.overtakes),
                static_cast<unsigned long long>(shown.items),
                static_cast<unsigned long long>(shown.transfers),
                static_cast<unsigned long long>(shown.stops));
    EXPECT_GT(shown.stops, 0U) << "no thread was stopped";
}

}  // namespace handoff::stalls
