#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "effort.hpp"
#include "proof.hpp"
#include "tests.hpp"
#include "transfer.hpp"
#include "troublemaker.hpp"

namespace handoff::stalls {
namespace {

using clock = std::chrono::steady_clock;
using conformance::number;
using conformance::random_below;
using conformance::transfer_plan;

// Where no thread has been stopped yet, or no order lost that may be, the search goes on for up to so many
// times as long.
constexpr int longer_search = 20;

template <class T>
void transfer_once(const conformance::queue_under_test& subject, conformance::maker<T> make_queue,
                   transfer_plan plan, stalls_proof& shown) {
    const auto queue = make_queue(plan.requested);
    // Some laps, also of a queue that rounds a small request up to thousands.
    const std::size_t laps = subject.bounded() ? 6 * queue->capacity() : 0;
    plan.items_per_producer = std::max(plan.items_per_producer, laps / plan.producers);
    const conformance::doing what(describe(plan));
    troublemaker bystander(plan);
    conformance::transfer<T, troublemaker> moved(*queue, plan, bystander);
    const conformance::transfer_log& log = moved.run();
    ++shown.transfers;
    shown.items += std::accumulate(log.sent.begin(), log.sent.end(), std::uint64_t{0});
    shown.stops += bystander.stops();
    shown.reordered += bystander.reordered();
    conformance::expect_conserved(log);
    if (subject.spec->failure != try_failure::spurious) conformance::expect_nothing_left(log);
    if (subject.keeps_producer_order()) {
        conformance::expect_producer_order(plan.producers, log);
        EXPECT_EQ(bystander.reordered(), 0U) << "items came out after later ones of the same producer";
    }
}

// Far more items than the others, and room for many: segments are filled, closed and left behind.
transfer_plan sustained(const conformance::queue_under_test& subject) {
    const bool many_push = subject.spec->producers == cardinality::many;
    const bool many_pop = subject.spec->consumers == cardinality::many;
    return {.producers = many_push ? 2U : 1U,
            .consumers = many_pop ? 2U : 1U,
            .requested = 1'000,
            .items_per_producer = conformance::scaled(100'000, 10'000),
            .stumbles_within = 5'000};
}

// What the test has said so far, if it has failed.
std::string first_failure() {
    const testing::TestResult& result = *testing::UnitTest::GetInstance()->current_test_info()->result();
    for (int i = 0; i < result.total_part_count(); ++i) {
        if (result.GetTestPartResult(i).failed()) return result.GetTestPartResult(i).summary();
    }
    return "";
}

// Each plan in turn, from a random one on, and then the largest, in which the most can go wrong. `quick` may
// not come to all of them.
class plans_in_turn {
public:
    explicit plans_in_turn(std::vector<transfer_plan> plans)
        : plans_(std::move(plans)), first_(random_below(plans_.size())) {}

    const transfer_plan& next() {
        const std::size_t largest = std::min<std::size_t>(6, plans_.size());
        const std::size_t i = count_++;
        return plans_[i < plans_.size() ? (first_ + i) % plans_.size()
                                        : plans_.size() - 1 - random_below(largest)];
    }

private:
    const std::vector<transfer_plan> plans_;
    const std::size_t first_;
    std::size_t count_ = 0;
};

}  // namespace

void stalled_transfers_keep_the_promise(const conformance::queue_under_test& subject) {
    stalls_proof shown{.name = subject.registered_name, .delivery = subject.spec->delivery};
    plans_in_turn plans(plans_for(subject, {1, 2, 4}, conformance::scaled(4'000, 1'000)));
    const auto end = clock::now() + the_effort().per_test;
    const auto last_end = end + longer_search * the_effort().per_test;
    const auto goes_on = [&] {
        const bool may_reorder = subject.spec->delivery == order::unordered;
        const bool is_missing = shown.stops == 0 || (may_reorder && shown.reordered == 0);
        return clock::now() < (is_missing ? last_end : end);
    };
    for (std::size_t i = 0; goes_on() && !testing::Test::HasFailure(); ++i) {
        // Items of several cache lines, too, of which a stopped thread has written or read but a part.
        if (i % 3 == 2 && subject.large_items != nullptr) {
            transfer_once(subject, subject.large_items, plans.next(), shown);
        } else {
            transfer_once(subject, subject.numbers, i % 8 == 3 ? sustained(subject) : plans.next(), shown);
        }
    }
    shown.violation = first_failure();
    write(shown);
    std::printf("%s: %llu of %llu items came out after later ones, in %llu transfers with %llu stops\n",
                std::string(shown.name).c_str(), static_cast<unsigned long long>(shown.reordered),
                static_cast<unsigned long long>(shown.items),
                static_cast<unsigned long long>(shown.transfers),
                static_cast<unsigned long long>(shown.stops));
    EXPECT_GT(shown.stops, 0U) << "no thread was stopped";
}

}  // namespace handoff::stalls
