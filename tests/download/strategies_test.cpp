// Every strategy does its job: nothing lost, failures on the failed list, in order where promised.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "contenders.hpp"
#include "downloads/processes/child_process.hpp"
#include "downloads/redis/job_queue.hpp"
#include "downloads/redis/private_server.hpp"
#include "downloads/strategies/redis_workers.hpp"
#include "harness/machine/errors.hpp"
#include "queues/mutex_stack.hpp"

namespace handoff {
namespace {

using namespace std::chrono_literals;

class download_strategies_test : public testing::Test {
protected:
    void SetUp() override { harness_clock::calibrate(); }

    static download_strategy_plan plan_for(const strategy& how, std::size_t items, unsigned n) {
        download_strategy_plan plan{.how = how, .in_flight = limit_of(how.spec, n, items)};
        plan.list = {.items = items, .median = 1ms};
        return plan;
    }
};

TEST_F(download_strategies_test, each_hands_in_every_document_and_its_failures) {
    for (const strategy& how : contenders()) {
        download_strategy_plan plan = plan_for(how, 60, 5);
        plan.list.failing = 0.3;
        plan.list.permanent = 0.1;
        plan.network.retries = {.attempts = 2, .first_bound = 1ms};
        const outcome result = run_download_strategy(plan);
        EXPECT_EQ(result.error, "") << how.spec.name;
        EXPECT_EQ(figure(result, "items"), 60.0) << how.spec.name;
        const auto documents = make_documents(plan.list, plan.settings.seed);
        const auto lost = std::ranges::count_if(documents, [&](const document& d) {
            return expected_end(d, plan.network.retries).status != fetch_status::arrived;
        });
        EXPECT_GT(lost, 0);
        EXPECT_EQ(figure(result, "failed"), static_cast<double>(lost)) << how.spec.name;
        EXPECT_GT(figure(result, "retries"), 0.0) << how.spec.name;
    }
}

TEST_F(download_strategies_test, none_is_faster_than_the_bound) {
    struct limits {
        double link;
        std::uint64_t own;  // where that is the limit, processes have to know it as well
    };
    for (const strategy& how : contenders())
        for (const auto& [link, own] : {limits{0.0, 0}, limits{5e6, 0}, limits{0.0, 500'000}}) {
            if (link > 0.0 && !how.spec.shares_link) continue;
            download_strategy_plan plan = plan_for(how, 40, 8);
            plan.network.bytes_per_second = link;
            plan.list.median_rate = own;
            const outcome result = run_download_strategy(plan);
            EXPECT_EQ(result.error, "") << how.spec.name;
            EXPECT_GT(figure(result, "efficiency"), 0.0) << how.spec.name;
            EXPECT_LE(figure(result, "efficiency"), 1.0) << how.spec.name;
            EXPECT_LE(figure(result, "first_result_s"), figure(result, "makespan_s")) << how.spec.name;
            EXPECT_LE(figure(result, "p50_ns"), figure(result, "p99_ns")) << how.spec.name;
            if (!how.spec.in_order || plan.in_flight == 1) {
                EXPECT_EQ(figure(result, "lost_items_per_second"), 0.0) << how.spec.name;
            }
        }
}

TEST_F(download_strategies_test, lists_shorter_than_what_may_be_under_way_are_done) {
    for (const strategy& how : contenders())
        for (const std::size_t items : {std::size_t{1}, std::size_t{3}}) {
            const outcome result = run_download_strategy(plan_for(how, items, 8));
            EXPECT_EQ(result.error, "") << how.spec.name;
            EXPECT_EQ(figure(result, "items"), static_cast<double>(items)) << how.spec.name;
        }
}

// They are told where the server is, and join as those on other hosts would.
TEST_F(download_strategies_test, workers_from_elsewhere_take_part) {
    const private_server server;
    use_redis({.url = server.url().text(), .elsewhere = 2});
    std::vector<child_process> strangers;
    while (strangers.size() < 2)
        strangers.push_back(child_process::program(HANDOFF_DOWNLOAD_WORKER,
                                                   {"download_worker", "--redis", server.url().text()}));
    for (const unsigned n : {1U, 2U}) {
        const download_strategy_plan plan = plan_for(contender("redis_workers"), 30, n);
        if (n == 1) {
            EXPECT_THROW(run_download_strategy(plan), misuse) << "more from elsewhere than may be under way";
        } else {
            EXPECT_EQ(run_download_strategy(plan).error, "");
        }
    }
    for (child_process& one : strangers) {
        one.wait();
        EXPECT_EQ(one.fate(), "exit code 0");
    }
    use_redis({});
}

TEST_F(download_strategies_test, workers_from_elsewhere_cannot_save) {
    use_redis({.url = "unix:///nowhere/socket", .elsewhere = 1});
    try {
        run_download_strategy(plan_for(contender("redis_workers_saving"), 4, 2));
        ADD_FAILURE() << "it was run";
    } catch (const misuse& e) {
        EXPECT_STREQ(
            e.what(),
            "--workers_elsewhere 1: workers that are not ours do not know where redis_workers_saving "
            "saves; valid: 0");
    }
    use_redis({});
}

// A run of its own, as somebody else on this machine would start it: a copy of this process, which has
// threads, is more than ThreadSanitizer allows.
constexpr const char* whose_server = "HANDOFF_TEST_SERVER";
constexpr const char* whose_queue = "HANDOFF_TEST_QUEUE";

child_process another_run(const std::string& server, const std::string& queue) {
    setenv(whose_server, server.c_str(), 1);
    setenv(whose_queue, queue.c_str(), 1);
    const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
    child_process run = child_process::program(
        self, {self, "--gtest_filter=download_strategies_test.runs_on_one_server_*", "--gtest_brief=1"});
    unsetenv(whose_server);
    unsetenv(whose_queue);
    return run;
}

TEST_F(download_strategies_test, runs_on_one_server_with_queues_of_their_own_do_not_meet) {
    if (const char* const queue = std::getenv(whose_queue)) {
        use_redis({.url = std::getenv(whose_server), .queue = queue});
        EXPECT_EQ(run_download_strategy(plan_for(contender("redis_workers"), 200, 2)).error, "");
        return;
    }
    const private_server server;
    std::vector<child_process> runs;
    for (const std::string queue : {"one", "other", "third"})
        runs.push_back(another_run(server.url().text(), queue));
    for (child_process& one : runs) {
        one.wait();
        EXPECT_EQ(one.fate(), "exit code 0");
    }
}

TEST_F(download_strategies_test, a_server_that_is_not_ours_keeps_the_failed_jobs) {
    const private_server server;
    use_redis({.url = server.url().text(), .queue = "kept"});
    download_strategy_plan plan = plan_for(contender("redis_workers"), 30, 2);
    plan.list.permanent = 0.2;
    const outcome result = run_download_strategy(plan);
    EXPECT_EQ(result.error, "");
    EXPECT_GT(figure(result, "failed"), 0.0);
    job_queue queue(server.url(), "kept", {});
    EXPECT_EQ(static_cast<double>(queue.failed().size()), figure(result, "failed"));
    use_redis({});
}

// A queue that gives out the latest first, so that stop items overtake documents.
class newest_first {
public:
    using value_type = pool_job;
    using producer = direct_producer<newest_first>;
    using consumer = direct_consumer<newest_first>;
    static constexpr queue_spec spec{.name = "newest_first",
                                     .cite = "test",
                                     .producers = cardinality::many,
                                     .consumers = cardinality::many,
                                     .bound = boundedness::unbounded,
                                     .push = progress::blocking,
                                     .pop = progress::blocking,
                                     .delivery = order::lifo};

    explicit newest_first(std::size_t) {}
    bool try_push(pool_job&& value) {
        const std::scoped_lock lock(mutex_);
        items_.push_back(value);
        return true;
    }
    bool try_pop(pool_job& value) {
        const std::scoped_lock lock(mutex_);
        if (items_.empty()) return false;
        value = items_.back();
        items_.pop_back();
        return true;
    }

private:
    std::mutex mutex_;
    std::vector<pool_job> items_;
};

static_assert(queue<newest_first>);

TEST_F(download_strategies_test, a_pool_does_what_its_stop_items_have_overtaken) {
    const strategy how{{.name = "newest_first_pool"}, run_download_pool<newest_first, pool_end::stop_items>};
    const outcome result = run_download_strategy(plan_for(how, 30, 4));
    EXPECT_EQ(result.error, "");
    EXPECT_EQ(figure(result, "items"), 30.0);
}

// Why the benchmarks have no such pool: stop items end it before it has begun. Closing does not.
TEST_F(download_strategies_test, of_a_stack_stop_items_leave_most_behind_and_closing_nothing) {
    download_strategy_plan plan = plan_for(contender("pool"), 20, 2);
    plan.list.latency = distribution::constant;
    plan.list.median = 20ms;
    plan.how.run = run_download_pool<mutex_stack<pool_job>, pool_end::stop_items>;
    const outcome stopped = run_download_strategy(plan);
    EXPECT_EQ(stopped.error, "");
    EXPECT_GT(figure(stopped, "left_behind"), 10.0);
    plan.how.run = run_download_pool<mutex_stack<pool_job>, pool_end::close>;
    const outcome closed = run_download_strategy(plan);
    EXPECT_EQ(closed.error, "");
    EXPECT_EQ(figure(closed, "left_behind"), 0.0);
}

TEST_F(download_strategies_test, what_a_flag_leaves_behind_is_counted_and_done) {
    // All of the list is in the queue while the first documents are under way.
    download_strategy_plan plan = plan_for(contender("flagged_pool"), 10, 2);
    plan.list.latency = distribution::constant;
    plan.list.median = 20ms;
    const outcome flagged = run_download_strategy(plan);
    EXPECT_EQ(flagged.error, "");
    EXPECT_EQ(figure(flagged, "items"), 10.0);
    EXPECT_GT(figure(flagged, "left_behind"), 0.0);
    for (const std::string_view name : {"pool", "closed_pool"}) {
        plan.how = contender(name);
        EXPECT_EQ(figure(run_download_strategy(plan), "left_behind"), 0.0) << name;
    }
}

}  // namespace
}  // namespace handoff
