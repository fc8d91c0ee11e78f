// Virtual time is exact: makespans are those of the schedules that the strategies promise, to the nanosecond;
// and real time agrees with it. With it, what the strategies are chosen for.
#include <gtest/gtest.h>

#include <functional>
#include <queue>
#include <thread>

#include "conformance/build.hpp"
#include "contenders.hpp"
#include "harness/machine/usage.hpp"

namespace handoff {
namespace {

using namespace std::chrono_literals;

class download_schedules_test : public testing::Test {
protected:
    void SetUp() override { harness_clock::calibrate(); }

    static download_strategy_plan plan_for(std::string_view name, const list_spec& list, unsigned n,
                                           time_kind time = time_kind::simulated) {
        const strategy& how = contender(name);
        return {.how = how, .list = list, .in_flight = limit_of(how.spec, n, list.items), .time = time};
    }
    static outcome run(const download_strategy_plan& plan) {
        const outcome result = run_download_strategy(plan);
        EXPECT_EQ(result.error, "") << plan.how.spec.name;
        return result;
    }
    static double seconds(job_time time) { return std::chrono::duration<double>(time).count(); }
};

const list_spec varied{.items = 500, .latency = distribution::log_normal, .median = 50ms};
const list_spec frail{
    .items = 300, .latency = distribution::heavy_tail, .median = 2s, .failing = 0.2, .permanent = 0.05};
// Most of their time at rates of their own, which few have that are very low.
const list_spec at_own_rates{
    .items = 300, .median = 5ms, .failing = 0.1, .rate = distribution::heavy_tail, .median_rate = 200'000};

// When the last of the documents is handed in: a document starts when a place is free, and, if `ahead` is not
// 0, when all but so many before it have been handed in; in order, nobody is handed in before his
// predecessors.
job_time schedule(const download_strategy_plan& plan) {
    const auto documents = make_documents(plan.list, plan.settings.seed);
    const network_spec network{.seed = plan.settings.seed};
    std::priority_queue<job_time, std::vector<job_time>, std::greater<>> places;  // when each becomes free
    for (unsigned i = 0; i < plan.in_flight; ++i) places.push(job_time(0));
    const std::size_t ahead = std::size_t{plan.how.spec.ahead} * plan.in_flight;
    std::vector<job_time> handed_in;
    job_time last{0};
    for (const document& d : documents) {
        job_time start = places.top();
        places.pop();
        if (ahead != 0 && d.id >= ahead) start = std::max(start, handed_in[d.id - ahead]);
        const job_time end = start + time_under_way(network, d);
        places.push(end);
        last = std::max(last, end);
        handed_in.push_back(plan.how.spec.in_order ? last : end);
    }
    return last;
}

TEST_F(download_schedules_test, virtual_makespans_are_those_of_the_schedule) {
    for (const strategy& how : contenders()) {
        if (!how.spec.prompt) continue;
        for (list_spec list : {varied, frail, at_own_rates}) {
            // What a sanitizer looks for is there in each document; that the time is exact, a plain build
            // shows.
            if (conformance::is_sanitized) list.items /= 4;
            const download_strategy_plan plan = plan_for(how.spec.name, list, 8);
            EXPECT_DOUBLE_EQ(figure(run(plan), "makespan_s"), seconds(schedule(plan))) << how.spec.name;
        }
    }
}

TEST_F(download_schedules_test, real_time_agrees_with_virtual_time) {
    const list_spec list{.items = 40, .latency = distribution::log_normal, .median = 20ms};
    for (const std::string_view name :
         {"pool", "window_in_order", "window_reorder_buffer", "asio_thread_pool"}) {
        const double exact = figure(run(plan_for(name, list, 4)), "makespan_s");
        // A busy machine only makes it longer, so the shortest of the runs is the one to compare.
        double shortest = 1e9;
        for (int i = 0; i < 100 && shortest > 1.05 * exact; ++i)
            shortest =
                std::min(shortest, figure(run(plan_for(name, list, 4, time_kind::real)), "makespan_s"));
        EXPECT_NEAR(shortest, exact, 0.1 * exact) << name;
    }
}

TEST_F(download_schedules_test, a_pool_of_8_reaches_95_percent_of_the_bound) {
    EXPECT_GE(figure(run(plan_for("pool", varied, 8)), "efficiency"), 0.95);
}

TEST_F(download_schedules_test, an_ordered_window_loses_and_a_reorder_buffer_cures_it) {
    const outcome unordered = run(plan_for("window_completion_order", varied, 8));
    const outcome ordered = run(plan_for("window_in_order", varied, 8));
    const outcome buffered = run(plan_for("window_reorder_buffer", varied, 8));
    EXPECT_GT(figure(ordered, "makespan_s"), 1.2 * figure(unordered, "makespan_s"));
    EXPECT_LT(figure(buffered, "makespan_s"), 1.05 * figure(unordered, "makespan_s"));
    EXPECT_DOUBLE_EQ(figure(buffered, "lost_items_per_second"), 0.0);
    EXPECT_DOUBLE_EQ(figure(unordered, "lost_items_per_second"), 0.0);
    // What the stamps of one say it has lost is what the other is ahead of it, but for the ends of the lists.
    const double ahead = figure(unordered, "items_per_second") - figure(ordered, "items_per_second");
    EXPECT_NEAR(figure(ordered, "lost_items_per_second"), ahead, 0.1 * ahead);
}

TEST_F(download_schedules_test, a_shared_link_is_the_bound_of_many_small_latencies) {
    download_strategy_plan plan = plan_for("window_completion_order", {.items = 500, .median = 200ms}, 64);
    plan.network.bytes_per_second = 1e6;
    const outcome result = run(plan);
    EXPECT_DOUBLE_EQ(figure(result, "bound_s"), figure(result, "bound_bandwidth_s"));
    EXPECT_GT(figure(result, "efficiency"), 0.95);
    // With many more than are enough, still more do not help; with too few, more do.
    const auto makespan = [&](double n) {
        plan.in_flight = static_cast<unsigned>(n);
        return figure(run(plan), "makespan_s");
    };
    const double enough = figure(result, "enough_n");
    EXPECT_NEAR(makespan(8 * enough), makespan(4 * enough), 0.02 * makespan(4 * enough));
    EXPECT_GT(makespan(0.5 * enough), 1.5 * makespan(4 * enough));
}

// Each takes its share of the link one after the other, and comes when its own way has brought it as well.
TEST_F(download_schedules_test, a_link_and_rates_of_their_own_make_one_schedule) {
    download_strategy_plan plan = plan_for("sequential", at_own_rates, 1);
    plan.network.bytes_per_second = 300'000;
    const network_spec network{.bytes_per_second = 300'000, .seed = plan.settings.seed};
    job_time sum{0};
    for (const document& d : make_documents(at_own_rates, plan.settings.seed))
        sum += time_under_way(network, d);
    EXPECT_DOUBLE_EQ(figure(run(plan), "makespan_s"), seconds(sum));
    // All at once: those that are slow on their own way have left the link to the others.
    plan = plan_for("window_completion_order",
                    {.items = 3, .latency = distribution::constant, .median = 10ms, .median_rate = 1000}, 3);
    plan.list.rate = distribution::constant;
    plan.network.bytes_per_second = 1e6;
    job_time last{0};
    for (const document& d : make_documents(plan.list, plan.settings.seed))
        last = std::max(last, 10ms + std::chrono::nanoseconds(d.bytes * 1'000'000));
    EXPECT_NEAR(figure(run(plan), "makespan_s"), seconds(last), 2e-9) << "which is a nanosecond, rounded";
}

TEST_F(download_schedules_test, rates_of_their_own_are_waiting_that_more_under_way_cure) {
    const list_spec list{.items = 5000, .median = 1ms, .median_rate = 20'000};
    const outcome few = run(plan_for("pool", list, 8));
    EXPECT_GE(figure(few, "efficiency"), 0.95);
    EXPECT_DOUBLE_EQ(figure(few, "bound_bandwidth_s"), 0.0);
    EXPECT_NEAR(figure(run(plan_for("pool", list, 32)), "makespan_s"), 0.25 * figure(few, "makespan_s"),
                0.025 * figure(few, "makespan_s"));
}

TEST_F(download_schedules_test, a_pool_has_a_thread_for_each_document_under_way) {
    // ThreadSanitizer starts a thread of its own with the first one; and those that have ended may still
    // stand in the kernel's books for a moment.
    std::jthread([] {}).join();
    std::this_thread::sleep_for(20ms);
    const unsigned others = threads_of_this_process();
    EXPECT_EQ(figure(run(plan_for("pool", varied, 8)), "peak_threads"), others + 8.0);
    std::this_thread::sleep_for(20ms);
    EXPECT_EQ(figure(run(plan_for("sequential", varied, 8)), "peak_threads"), others);
}

#if HANDOFF_COROUTINES
TEST_F(download_schedules_test, coroutines_on_one_thread_reach_95_percent_of_the_bound_with_256_under_way) {
    const outcome result = run(plan_for("asio_coroutines", {.items = 25'600, .median = 50ms}, 256));
    EXPECT_GE(figure(result, "efficiency"), 0.95);
    EXPECT_EQ(figure(result, "team"), 1.0);
}
#endif

}  // namespace
}  // namespace handoff
