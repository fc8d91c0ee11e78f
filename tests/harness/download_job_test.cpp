#include "harness/download_job.hpp"

#include <gtest/gtest.h>

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

TEST_F(download_job_test, the_ideal_is_shared_work_or_the_longest_document) {
    const std::vector<document> documents = {
        {0, std::chrono::seconds(1), 1}, {1, std::chrono::seconds(2), 1}, {2, std::chrono::seconds(3), 1}};
    EXPECT_DOUBLE_EQ(ideal_seconds(documents, 1), 6.0);
    EXPECT_DOUBLE_EQ(ideal_seconds(documents, 2), 3.0);
    EXPECT_DOUBLE_EQ(ideal_seconds(documents, 64), 3.0);
}

TEST_F(download_job_test, what_was_saved_once_passes_and_is_removed_at_the_end) {
    const auto documents = make_documents({.items = 5}, 1);
    {
        document_store store;
        for (const document& d : documents) store.save(d);
        EXPECT_EQ(store.check(documents), "");
    }
    EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(download_job_test, a_lost_a_doubled_and_a_foreign_file_are_seen) {
    const auto documents = make_documents({.items = 2}, 1);
    document_store lost;
    lost.save(documents[0]);
    EXPECT_EQ(lost.check(documents), "unverified: document-1 was lost");
    EXPECT_EQ(lost.check({documents[0], documents[0]}), "unverified: there are 1 files of 2");
    lost.save(documents[0]);
    EXPECT_EQ(lost.check(documents), "unverified: document-0 was to be saved twice");
}

TEST_F(download_job_test, a_torn_file_is_seen) {
    const auto documents = make_documents({.items = 1}, 1);
    document_store store;
    store.save(documents[0]);
    std::ofstream(files() / "document-0", std::ios::app) << 'x';
    EXPECT_EQ(store.check(documents), "unverified: document-0 is torn");
}

TEST_F(download_job_test, a_write_that_fails_is_the_jobs_error) {
    const auto documents = make_documents({.items = 1}, 1);
    document_store store;
    fs::remove(files());
    store.save(documents[0]);
    EXPECT_NE(store.check(documents).find("No such file or directory"), std::string::npos)
        << store.check(documents);
}

}  // namespace
}  // namespace handoff
