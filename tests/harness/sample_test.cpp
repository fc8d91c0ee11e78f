#include "harness/sample.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "harness/machine/errors.hpp"
#include "harness/machine/topology.hpp"

namespace handoff {
namespace {

using namespace std::chrono_literals;

double figure(const outcome& result, std::string_view name) {
    const auto found = std::ranges::find(result.values, name, &std::pair<std::string, double>::first);
    return found == result.values.end() ? -1.0 : found->second;
}

// Two threads that count until draining begins.
sample count_with(const run_settings& settings) {
    return take_sample({.settings = settings,
                        .threads = 2,
                        .feeding = 0,
                        .body =
                            [](unsigned, window& w, thread_record& r) {
                                meter m(w, r);
                                for (std::uint64_t n = 0; !m.edge(n); ++n) {
                                }
                            },
                        .wake_all = [] {}});
}

class sample_test : public testing::Test {
protected:
    void SetUp() override { harness_clock::calibrate(); }
    void TearDown() override { harness_clock::calibrate(); }
};

TEST_F(sample_test, has_the_common_figures) {
    const sample s = count_with({.ramp = 5ms, .window = 30ms});
    EXPECT_EQ(s.result.error, "");
    EXPECT_GE(s.window_s, 0.030);
    EXPECT_GT(s.operations(0, 2), 0u);
    EXPECT_EQ(figure(s.result, "team"), 2.0);
    EXPECT_GT(figure(s.result, "cpu_s"), 0.0);
    EXPECT_GE(figure(s.result, "failed_attempts"), 0.0);
    EXPECT_NEAR(figure(s.result, "clock_error"), 0.0, clock_tolerance);
    EXPECT_EQ(s.result.cpus.size(), 2u);
    EXPECT_GT(figure(s.result, "canary_before_ns"), 0.0);
    EXPECT_GT(figure(s.result, "canary_after_ns"), 0.0);
    if (!s.oversubscribed) {
        EXPECT_GT(figure(s.result, "yardstick_before_ns"), 0.0);
        EXPECT_GT(figure(s.result, "yardstick_after_ns"), 0.0);
    }
}

// However many CPUs the machine has.
TEST_F(sample_test, two_threads_on_one_cpu_are_oversubscribed) {
    EXPECT_TRUE(is_oversubscribed(std::vector<int>{0, 0}));
    EXPECT_FALSE(is_oversubscribed(std::vector<int>{0}));
    run_settings here;
    here.placement = "cpus:" + std::to_string(topology::detect().cpus().front().id);
    EXPECT_TRUE(is_oversubscribed(here, 2));
}

TEST_F(sample_test, a_clock_that_disagrees_with_wall_time_voids_it) {
    // Without a time stamp counter there is no frequency that could be wrong.
    if (harness_clock::uses_tsc()) {
        harness_clock::calibrate(harness_clock::hz() * 1.005);
        EXPECT_TRUE(count_with({.ramp = 1ms, .window = 20ms}).result.error.starts_with("voided: "));
    }
}

TEST_F(sample_test, an_unknown_placement_is_misuse) {
    EXPECT_THROW(count_with({.placement = "nowhere"}), misuse);
}

TEST_F(sample_test, what_a_thread_throws_comes_out) {
    const auto run = [] {
        const run_settings settings;
        take_sample({.settings = settings,
                     .threads = 2,
                     .feeding = 0,
                     .body =
                         [](unsigned i, window& w, thread_record&) {
                             if (i == 0) throw std::runtime_error("broken");
                             while (!w.draining()) {
                             }
                         },
                     .wake_all = [] {}});
    };
    EXPECT_THROW(run(), std::runtime_error);
}

TEST_F(sample_test, shares_are_relative_to_the_mean) {
    sample s;
    s.records.resize(3);
    s.records[0].done.operations = 10;
    s.records[1].done.operations = 30;
    s.records[2].done.operations = 99;
    figures values;
    add_shares(values, "x", s, 0, 2);
    EXPECT_EQ(values, (figures{{"x_share_min", 0.5}, {"x_share_max", 1.5}, {"x_jain", 0.8}}));
}

}  // namespace
}  // namespace handoff
