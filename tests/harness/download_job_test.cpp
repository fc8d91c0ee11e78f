#include "harness/download_job.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace handoff {
namespace {

namespace fs = std::filesystem;

// A folder for the store to live in, so that a test can reach its files.
class download_job_test : public testing::Test {
protected:
    void SetUp() override {
        std::string path = (fs::temp_directory_path() / "handoff-test-XXXXXX").string();
        ASSERT_NE(mkdtemp(path.data()), nullptr);
        folder_ = path;
        setenv("TMPDIR", path.c_str(), 1);
    }
    void TearDown() override {
        unsetenv("TMPDIR");
        fs::remove_all(folder_);
    }
    fs::path files() const { return fs::directory_iterator(folder_)->path(); }

    fs::path folder_;
};

TEST_F(download_job_test, the_same_seed_gives_the_same_list) {
    const auto a = make_documents(100, 3);
    const auto b = make_documents(100, 3);
    const auto c = make_documents(100, 4);
    const auto same = [](const document& x, const document& y) {
        return x.id == y.id && x.latency == y.latency && x.bytes == y.bytes;
    };
    EXPECT_TRUE(std::ranges::equal(a, b, same));
    EXPECT_FALSE(std::ranges::equal(a, c, same));
}

TEST_F(download_job_test, latencies_have_the_median_that_is_claimed) {
    auto documents = make_documents(20'001, 1);
    std::ranges::nth_element(documents, documents.begin() + 10'000, {}, &document::latency);
    EXPECT_NEAR(static_cast<double>(documents[10'000].latency.count()), 4e6, 0.1e6);
}

TEST_F(download_job_test, the_ideal_is_shared_work_or_the_longest_document) {
    const std::vector<document> documents = {
        {0, std::chrono::seconds(1), 1}, {1, std::chrono::seconds(2), 1}, {2, std::chrono::seconds(3), 1}};
    EXPECT_DOUBLE_EQ(ideal_seconds(documents, 1), 6.0);
    EXPECT_DOUBLE_EQ(ideal_seconds(documents, 2), 3.0);
    EXPECT_DOUBLE_EQ(ideal_seconds(documents, 64), 3.0);
}

TEST_F(download_job_test, what_was_saved_once_passes_and_is_removed_at_the_end) {
    const auto documents = make_documents(5, 1);
    {
        document_store store;
        for (const document& d : documents) store.save(d);
        EXPECT_EQ(store.check(documents), "");
    }
    EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(download_job_test, a_lost_a_doubled_and_a_foreign_file_are_seen) {
    const auto documents = make_documents(2, 1);
    document_store lost;
    lost.save(documents[0]);
    EXPECT_EQ(lost.check(documents), "unverified: document-1 was lost");
    EXPECT_EQ(lost.check({documents[0], documents[0]}), "unverified: there are 1 files of 2");
    lost.save(documents[0]);
    EXPECT_EQ(lost.check(documents), "unverified: document-0 was to be saved twice");
}

TEST_F(download_job_test, a_torn_file_is_seen) {
    const auto documents = make_documents(1, 1);
    document_store store;
    store.save(documents[0]);
    std::ofstream(files() / "document-0", std::ios::app) << 'x';
    EXPECT_EQ(store.check(documents), "unverified: document-0 is torn");
}

TEST_F(download_job_test, a_write_that_fails_is_the_jobs_error) {
    const auto documents = make_documents(1, 1);
    document_store store;
    fs::remove(files());
    store.save(documents[0]);
    EXPECT_NE(store.check(documents).find("No such file or directory"), std::string::npos)
        << store.check(documents);
}

}  // namespace
}  // namespace handoff
