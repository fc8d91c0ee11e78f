// The workload whose calls would never have to fail, on a plain queue. Only what no machine's speed decides.
#include "workloads/nearly_full_role.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

#include "reference_queue.hpp"

namespace handoff {
namespace {

using namespace std::chrono_literals;

using word = item<sizeof(item_tag)>;
template <fault Fault>
using queue_with = reference_queue<word, Fault>;

// Of its tries, each second push fails for nothing, and two pops of three.
class refusing_queue : public queue_with<fault::none> {
public:
    using producer = direct_producer<refusing_queue>;
    using consumer = direct_consumer<refusing_queue>;
    using queue_with<fault::none>::reference_queue;

    bool try_push(word&& value) {
        return is_used() && ++pushes_ % 2 == 0 ? false : queue_with<fault::none>::try_push(std::move(value));
    }
    bool try_pop(word& value) {
        return is_used() && ++pops_ % 3 != 0 ? false : queue_with<fault::none>::try_pop(value);
    }

private:
    // Not while it is filled and drained beforehand, which takes a failure for full, or for empty.
    bool is_used() { return ++calls_ > 3 * 64 + 10; }

    std::atomic<unsigned> calls_ = 0;
    std::atomic<unsigned> pushes_ = 0;
    std::atomic<unsigned> pops_ = 0;
};

double figure(const outcome& result, std::string_view name) {
    const auto found = std::ranges::find(result.values, name, &std::pair<std::string, double>::first);
    return found == result.values.end() ? -1.0 : found->second;
}

template <class Q>
outcome run_with(unsigned threads) {
    harness_clock::calibrate();
    nearly_full_plan plan{.threads = threads, .wait = wait_kind::yield, .capacity = 64, .free = threads};
    plan.settings.ramp = 5ms;
    plan.settings.window = 50ms;
    return std::make_unique<nearly_full_role<Q, word>>(plan)->run();
}

TEST(nearly_full_role_test, calls_of_an_exact_queue_never_fail) {
    for (const unsigned threads : {1U, 2U, 4U}) {
        const outcome result = run_with<queue_with<fault::none>>(threads);
        EXPECT_EQ(result.error, "");
        EXPECT_EQ(figure(result, "held"), 64.0 - threads);
        EXPECT_GT(figure(result, "items"), 0.0);
        EXPECT_EQ(figure(result, "failed_push_share"), 0.0);
        EXPECT_EQ(figure(result, "failed_pop_share"), 0.0);
    }
}

TEST(nearly_full_role_test, shares_are_of_the_tries_of_each_kind) {
    const outcome result = run_with<refusing_queue>(1);
    // The queue is drained by calls that fail, too: what it says of the items is not the matter here.
    EXPECT_GT(figure(result, "items"), 0.0);
    EXPECT_NEAR(figure(result, "failed_push_share"), 1.0 / 2, 0.02);
    EXPECT_NEAR(figure(result, "failed_pop_share"), 2.0 / 3, 0.02);
}

TEST(nearly_full_role_test, finds_each_fault) {
    EXPECT_NE(run_with<queue_with<fault::loses>>(2).error.find("lost"), std::string::npos);
    EXPECT_NE(run_with<queue_with<fault::doubles>>(2).error.find("came out twice"), std::string::npos);
    EXPECT_NE(run_with<queue_with<fault::reorders>>(1).error.find("overtook"), std::string::npos);
}

}  // namespace
}  // namespace handoff
