#include "downloads/job/job.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace handoff {
namespace {

TEST(download_job_test, the_ideal_is_shared_work_or_the_longest_document) {
    const std::vector<document> documents = {
        {0, std::chrono::seconds(1), 1}, {1, std::chrono::seconds(2), 1}, {2, std::chrono::seconds(3), 1}};
    EXPECT_DOUBLE_EQ(ideal_seconds(documents, 1), 6.0);
    EXPECT_DOUBLE_EQ(ideal_seconds(documents, 2), 3.0);
    EXPECT_DOUBLE_EQ(ideal_seconds(documents, 64), 3.0);
}

}  // namespace
}  // namespace handoff
