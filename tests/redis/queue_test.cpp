// The queue: a job is done by one worker, or by the next one when that dies, or it is on the failed list.
#include <gtest/gtest.h>

#include <thread>

#include "downloads/redis/job_queue.hpp"
#include "downloads/redis/private_server.hpp"

namespace handoff {
namespace {

using namespace std::chrono_literals;

class redis_queue_test : public testing::Test {
protected:
    // By default no worker is taken for dead because the machine is busy.
    explicit redis_queue_test(std::chrono::milliseconds visibility = 60s) : policy_{visibility, 3} {
        jobs_.create();
    }

    // Of another worker, or of the same after it has lost its connection.
    job_queue connected(const std::string& name = "test") const { return {server_.url(), name, policy_}; }

    private_server server_;
    const queue_policy policy_;
    job_queue jobs_ = connected();
};

TEST_F(redis_queue_test, gives_each_job_to_one_worker_in_order) {
    jobs_.add({"first", "second"});
    job_queue other = connected();
    const auto first = jobs_.take("a", 0ms);
    const auto second = other.take("b", 0ms);
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->text, "first");
    EXPECT_EQ(first->deliveries, 1U);
    EXPECT_EQ(second->text, "second");
    EXPECT_FALSE(other.take("b", 1ms));
}

TEST_F(redis_queue_test, waits_for_a_job_that_comes) {
    std::jthread later([this] {
        std::this_thread::sleep_for(5ms);
        connected().add({"late"});
    });
    std::optional<taken_job> job;
    for (int i = 0; i < 100 && !job; ++i) job = jobs_.take("a", 100ms);
    ASSERT_TRUE(job);
    EXPECT_EQ(job->text, "late");
}

class redis_queue_test_with_deaths : public redis_queue_test {
protected:
    redis_queue_test_with_deaths() : redis_queue_test(60ms) {}
};

// Takes the job as soon as its worker is taken for dead.
taken_job taken_over(job_queue& queue, const std::string& worker) {
    for (;;)
        if (const auto job = queue.take(worker, 5ms)) return *job;
}

TEST_F(redis_queue_test_with_deaths, gives_a_job_to_another_when_its_worker_is_silent) {
    jobs_.add({"job"});
    const auto start = std::chrono::steady_clock::now();
    ASSERT_TRUE(jobs_.take("dead", 0ms));
    job_queue other = connected();
    const taken_job again = taken_over(other, "b");
    // Redis subtracts times in whole milliseconds.
    EXPECT_GT(std::chrono::steady_clock::now() - start, policy_.visibility - 1ms);
    EXPECT_EQ(again.text, "job");
    EXPECT_EQ(again.deliveries, 2U);
    EXPECT_EQ(taken_over(other, "c").deliveries, 3U);
}

TEST_F(redis_queue_test_with_deaths, lets_one_of_two_finish) {
    jobs_.add({"job"});
    const auto slow = jobs_.take("slow", 0ms);
    job_queue other = connected();
    const taken_job again = taken_over(other, "b");
    EXPECT_TRUE(other.finish(again, "result of b"));
    EXPECT_FALSE(jobs_.finish(*slow, "result of slow"));
    EXPECT_EQ(jobs_.results(1ms), std::vector<std::string>{"result of b"});
    std::this_thread::sleep_for(2 * policy_.visibility);
    EXPECT_FALSE(other.take("b", 0ms)) << "it is done";
}

TEST_F(redis_queue_test, gives_out_what_was_given_back_at_once) {
    jobs_.add({"job"});
    const auto job = jobs_.take("a", 0ms);
    EXPECT_EQ(jobs_.last_reason(*job), "");
    jobs_.give_back(*job, "a", "the disk is full");
    EXPECT_EQ(jobs_.last_reason(*job), "the disk is full");
    const auto again = jobs_.take("a", 0ms);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->entry, job->entry);
    EXPECT_EQ(again->deliveries, 2U);
}

TEST_F(redis_queue_test, hands_in_each_result_once) {
    jobs_.add({"1", "2", "3"});
    for (const std::string result : {"a", "b"}) jobs_.finish(*jobs_.take("w", 0ms), result);
    EXPECT_EQ(jobs_.results(1ms), (std::vector<std::string>{"a", "b"}));
    jobs_.finish(*jobs_.take("w", 0ms), "c");
    EXPECT_EQ(jobs_.results(1ms), std::vector<std::string>{"c"});
    EXPECT_TRUE(jobs_.results(1ms).empty());
}

TEST_F(redis_queue_test, keeps_failed_jobs_with_their_reasons_and_starts_them_again) {
    jobs_.add({"good", "bad", "worse"});
    jobs_.finish(*jobs_.take("w", 0ms), "result");
    jobs_.finish(*jobs_.take("w", 0ms), "result", "refused");
    jobs_.finish(*jobs_.take("w", 0ms), "result", "killed 3 workers");
    EXPECT_EQ(jobs_.failed(),
              (std::map<std::string, std::string>{{"bad", "refused"}, {"worse", "killed 3 workers"}}));
    EXPECT_TRUE(jobs_.has_failed("bad"));
    EXPECT_FALSE(jobs_.has_failed("good"));
    EXPECT_EQ(jobs_.restart_failed(), 2U);
    EXPECT_TRUE(jobs_.failed().empty());
    const auto again = jobs_.take("w", 0ms);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->deliveries, 1U) << "it begins anew";
    EXPECT_TRUE(jobs_.take("w", 0ms));
    EXPECT_FALSE(jobs_.take("w", 0ms));
}

TEST_F(redis_queue_test, failed_jobs_outlive_their_queue_until_it_is_created_anew) {
    jobs_.add({"bad"});
    jobs_.finish(*jobs_.take("w", 0ms), {}, "refused");
    jobs_.destroy();
    EXPECT_TRUE(jobs_.has_failed("bad"));
    EXPECT_EQ(jobs_.restart_failed(), 1U);
    EXPECT_EQ(jobs_.restart_failed(), 0U);
    const auto again = jobs_.take("w", 0ms);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->text, "bad");
    jobs_.finish(*again, {}, "refused");
    EXPECT_TRUE(jobs_.has_failed("bad"));
    jobs_.create();
    EXPECT_FALSE(jobs_.has_failed("bad"));
}

TEST_F(redis_queue_test, knows_its_workers) {
    EXPECT_EQ(jobs_.workers(), 0U);
    jobs_.join("a");
    jobs_.join("a");
    connected().join("b");
    EXPECT_EQ(jobs_.workers(), 2U);
}

TEST_F(redis_queue_test, is_told_from_those_of_its_name) {
    const std::string first = jobs_.join("a");
    EXPECT_NE(first, "");
    EXPECT_EQ(connected().which(), first);
    jobs_.create();
    EXPECT_NE(jobs_.which(), "");
    EXPECT_NE(jobs_.which(), first);
    jobs_.destroy();
    EXPECT_EQ(jobs_.which(), "");
}

TEST_F(redis_queue_test, shares_a_server_with_others) {
    job_queue other = connected("other");
    other.create();
    other.add({"job of the other"});
    EXPECT_FALSE(jobs_.take("w", 0ms));
    jobs_.create();
    EXPECT_TRUE(other.take("w", 0ms)) << "it was not cleared";
    other.destroy();
    EXPECT_THROW(other.take("w", 0ms), redis_refused);
}

}  // namespace
}  // namespace handoff
