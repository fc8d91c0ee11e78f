// The open loop on a plain queue. Only what no machine's speed decides.
#include "workloads/load_role.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "reference_queue.hpp"

namespace handoff {
namespace {

using namespace std::chrono_literals;

template <fault Fault>
using queue_with = reference_queue<timed_item, Fault>;
using correct = queue_with<fault::none>;

constexpr double hopeless = 1e10;  // items per second, of no machine

double figure(const outcome& result, std::string_view name) {
    const auto found = std::ranges::find(result.values, name, &std::pair<std::string, double>::first);
    return found == result.values.end() ? -1.0 : found->second;
}

class load_role_test : public testing::Test {
protected:
    void SetUp() override {
        harness_clock::calibrate();
        plan_.settings.ramp = 5ms;
        plan_.settings.window = 250ms;
        plan_.capacity = 64;
        plan_.rate = 20'000;
    }

    load_plan plan_;
};

TEST_F(load_role_test, is_verified_with_every_wait_pattern_and_shape) {
    for (std::size_t kind = 0; kind < wait_names.size(); ++kind)
        for (const arrival_pattern pattern : {arrival_pattern::constant, arrival_pattern::poisson}) {
            plan_.wait = static_cast<wait_kind>(kind);
            plan_.arrivals = pattern;
            plan_.producers = plan_.consumers = pattern == arrival_pattern::poisson ? 2 : 1;
            const outcome result = run_load<correct>(plan_);
            EXPECT_EQ(result.error, "") << wait_names[kind];
            EXPECT_GT(figure(result, "items"), 0.0) << wait_names[kind];
            EXPECT_EQ(figure(result, "offered_per_second"), 20'000.0);
        }
}

TEST_F(load_role_test, finds_each_fault) {
    plan_.wait = wait_kind::yield;
    plan_.percent = 50;
    EXPECT_NE(run_load<queue_with<fault::loses>>(plan_).error.find("lost"), std::string::npos);
    EXPECT_NE(run_load<queue_with<fault::doubles>>(plan_).error.find("came out twice"), std::string::npos);
    EXPECT_NE(run_load<queue_with<fault::reorders>>(plan_).error.find("overtook"), std::string::npos);
}

TEST_F(load_role_test, offers_the_share_of_its_own_saturation_that_was_asked_for) {
    plan_.wait = wait_kind::yield;
    plan_.percent = 25;
    const outcome result = run_load<correct>(plan_);
    EXPECT_EQ(result.error, "");
    EXPECT_GT(figure(result, "saturation_per_second"), 0.0);
    EXPECT_DOUBLE_EQ(figure(result, "offered_per_second"), 0.25 * figure(result, "saturation_per_second"));
}

TEST_F(load_role_test, knows_how_long_it_waited_for_items_to_be_due) {
    plan_.wait = wait_kind::yield;
    plan_.rate = 100.0;
    const outcome rare = run_load<correct>(plan_);
    EXPECT_EQ(rare.error, "");
    EXPECT_GT(figure(rare, "idle_s"), 0.5 * figure(rare, "window_s"));
    EXPECT_LT(figure(rare, "idle_s"), 1.1 * figure(rare, "window_s"));
    plan_.rate = hopeless;
    const outcome busy = run_load<correct>(plan_);
    EXPECT_LT(figure(busy, "idle_s"), 0.1 * figure(busy, "window_s"));
}

TEST_F(load_role_test, names_an_overload_and_counts_the_waiting_that_a_closed_loop_leaves_out) {
    plan_.wait = wait_kind::yield;
    plan_.rate = hopeless;
    const outcome result = run_load<correct>(plan_);
    EXPECT_EQ(result.error, "");
    EXPECT_EQ(figure(result, "overloaded"), 1.0);
    // By the end of the window the last item is about a window late, while each waited only for the 64 before
    // it once it was sent.
    EXPECT_GT(figure(result, "lag_ns"), 1e8);
    EXPECT_GT(figure(result, "p50_ns"), figure(result, "since_sent_p50_ns"));
    EXPECT_LE(figure(result, "p99_ns"), figure(result, "max_ns") * (1 + 1.0 / 64));
    EXPECT_GE(figure(result, "max_ns"), figure(result, "lag_ns"));
}

}  // namespace
}  // namespace handoff
