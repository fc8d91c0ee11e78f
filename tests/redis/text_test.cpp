// What is said in the queue.
#include <gtest/gtest.h>

#include <stdexcept>

#include "downloads/redis/job_text.hpp"

namespace handoff {
namespace {

using namespace std::chrono_literals;

TEST(redis_text_test, a_job_holds_all_that_a_worker_needs) {
    const download_order order{
        {.id = 7, .latency = 20ms, .bytes = 100, .failures = 3, .permanent = true, .bytes_per_second = 9},
        {.retries = {.attempts = 4, .first_bound = 1ms, .highest_bound = 2s}, .seed = ~std::uint64_t{0}}};
    const download_order read = order_of(text_of(order));
    EXPECT_EQ(text_of(read), text_of(order));
    EXPECT_EQ(read.what.id, 7U);
    EXPECT_EQ(read.what.latency, 20ms);
    EXPECT_EQ(read.what.bytes, 100U);
    EXPECT_TRUE(read.what.permanent);
    EXPECT_EQ(read.what.bytes_per_second, 9U);
    EXPECT_EQ(time_under_way(read.network, read.what), time_under_way(order.network, order.what));
    const document frail{.id = 9, .latency = 3ms, .bytes = 1, .failures = 2, .bytes_per_second = 50};
    const download_order again = order_of(text_of({frail, order.network}));
    EXPECT_EQ(time_under_way(again.network, again.what), time_under_way(order.network, frail));
}

TEST(redis_text_test, a_report_comes_as_it_was_sent) {
    const download_report report{{5, {fetch_status::refused, 2}, ~std::uint64_t{0}}, 17ms, 3};
    const download_report read = report_of(text_of(report));
    EXPECT_EQ(read.result.index, 5U);
    EXPECT_EQ(read.result.end, report.result.end);
    EXPECT_EQ(read.result.digest, report.result.digest);
    EXPECT_EQ(read.under_way, 17ms);
    EXPECT_EQ(read.worker, 3U);
}

TEST(redis_text_test, what_is_no_job_is_refused) {
    const std::string good = text_of(download_order{{.id = 1, .latency = 1ms, .bytes = 1}, {}});
    EXPECT_NO_THROW(order_of(good));
    for (const std::string& bad :
         {std::string(), std::string("stop"), good + " 1", good.substr(2), "x" + good, "-" + good,
          std::string("99999999999999999999 ") + good.substr(2)})
        EXPECT_THROW(order_of(bad), std::invalid_argument) << bad;
    EXPECT_THROW(report_of("1 2 3"), std::invalid_argument);
}

}  // namespace
}  // namespace handoff
