// Every strategy does its job over HTTP as well: each document once, or on the failed list with its reason.
#include <gtest/gtest.h>

#include <cstdio>
#include <random>
#include <stdexcept>

#include "../conformance/environment.hpp"
#include "here.hpp"

namespace handoff {
namespace {

using namespace std::chrono_literals;

class http_strategies_test : public testing::Test {
protected:
    void SetUp() override { harness_clock::calibrate(); }

    static download_strategy_plan plan_for(const strategy& how, std::size_t items, unsigned n,
                                           const transport_maker& transport) {
        download_strategy_plan plan;
        plan.how = how;
        plan.in_flight = limit_of(how.spec, n, items);
        plan.list = {.items = items, .median = 1ms};
        plan.network.retries = {.attempts = 2, .first_bound = 1ms};
        plan.transport = &transport;
        return plan;
    }

    // How many attempts have failed, by the figures of a run.
    static double failed_attempts(const outcome& result) {
        double sum = 0.0;
        for (const auto& [name, value] : result.values)
            if (name.starts_with("attempts_")) sum += value;
        return sum;
    }
};

using http_random_test = http_strategies_test;

TEST_F(http_strategies_test, each_hands_in_every_document_and_its_failures) {
    http_setup setup = http_here();
    setup.accidents.failures.push_back(accident::circular);
    setup.accidents.redirected = 0.3;
    const transport_maker transport = http_downloads(setup);
    for (const strategy& how : http_contenders()) {
        SCOPED_TRACE(how.spec.name);
        download_strategy_plan plan = plan_for(how, 60, 5, transport);
        plan.list.failing = 0.3;
        plan.list.permanent = 0.1;
        const outcome result = run_download_strategy(plan);
        EXPECT_EQ(result.error, "");
        EXPECT_EQ(figure(result, "items"), 60.0);
        EXPECT_GT(figure(result, "failed"), 0.0);
        EXPECT_GT(figure(result, "retries"), 0.0);
        // The last attempt of a document that failed has no retry.
        EXPECT_EQ(failed_attempts(result), figure(result, "failed") + figure(result, "retries"));
        EXPECT_GT(figure(result, "requests"), 60.0 + figure(result, "retries")) << "with redirects";
        EXPECT_GE(figure(result, "connections"), 1.0);
    }
}

TEST_F(http_strategies_test, none_is_faster_than_the_rates_of_the_documents) {
    const transport_maker transport = http_downloads(http_here());
    for (const strategy& how : http_contenders()) {
        SCOPED_TRACE(how.spec.name);
        download_strategy_plan plan = plan_for(how, 40, 8, transport);
        plan.list.rate = distribution::heavy_tail;
        plan.list.median_rate = 500'000;
        const outcome result = run_download_strategy(plan);
        EXPECT_EQ(result.error, "");
        EXPECT_GT(figure(result, "efficiency"), 0.0);
        EXPECT_LE(figure(result, "efficiency"), 1.0);
    }
}

TEST_F(http_strategies_test, connections_are_kept) {
    const transport_maker transport = http_downloads(http_here());
    for (const std::string_view name : {"sequential", "window_in_order", "curl_multi"}) {
        const std::vector<strategy> all = http_contenders();
        const auto how = std::ranges::find(all, name, [](const strategy& one) { return one.spec.name; });
        ASSERT_NE(how, all.end());
        const outcome result = run_download_strategy(plan_for(*how, 40, 4, transport));
        EXPECT_EQ(result.error, "");
        EXPECT_LE(figure(result, "connections"), how->spec.limit == flight::one ? 1.0 : 4.0) << name;
    }
}

TEST_F(http_strategies_test, who_needs_another_network_is_told) {
    const transport_maker transport = http_downloads(http_here());
    const auto run = [&](fetching fetches, void (*body)(download_run&), const transport_maker* over) {
        const strategy how{{.name = "elsewhere", .fetches = fetches}, body};
        download_strategy_plan plan = plan_for(how, 3, 1, transport);
        plan.transport = over;
        return run_download_strategy(plan);
    };
    EXPECT_THROW(
        run(
            fetching::in_a_loop, [](download_run& one) { download_run::loop(one).start(0); }, nullptr),
        std::logic_error);
    EXPECT_THROW(
        run(
            fetching::by_steps, [](download_run& one) { download_run::steps(one, 0).next(); }, &transport),
        std::logic_error);
}

// All that can go wrong and ends by itself, on lists from new seeds; the figures are those of the strategy.
TEST_F(http_random_test, everything_that_can_go_wrong) {
    const std::chrono::seconds time(conformance::number_from("HANDOFF_DEEP_SECONDS", 1, 20));
    std::uint64_t seed = conformance::number_from("HANDOFF_SEED", 0, std::random_device{}());
    http_setup setup = http_here();
    setup.accidents.failures.push_back(accident::circular);
    setup.accidents.redirected = 0.3;
    const transport_maker transport = http_downloads(setup);
    const std::vector<strategy> all = http_contenders();
    const auto end = std::chrono::steady_clock::now() + time;
    int runs = 0;
    for (; std::chrono::steady_clock::now() < end; ++runs, ++seed) {
        download_strategy_plan plan =
            plan_for(all[seed % all.size()], 100, 1 + static_cast<unsigned>(seed % 16), transport);
        plan.settings.seed = seed;
        plan.list.failing = 0.1 + 0.1 * static_cast<double>(seed % 7);
        plan.list.permanent = 0.1;
        plan.network.retries.attempts = 1 + static_cast<unsigned>(seed % 5);
        const outcome result = run_download_strategy(plan);
        ASSERT_EQ(result.error, "") << "HANDOFF_SEED=" << seed << ", " << plan.how.spec.name;
    }
    std::printf("%d runs of 100 documents, to HANDOFF_SEED=%llu\n", runs,
                static_cast<unsigned long long>(seed));
}

}  // namespace
}  // namespace handoff
