// Where the pipeline of the workload `download` keeps its documents.
#include "downloads/saving/document_store.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <vector>

#include "elsewhere.hpp"

namespace handoff {
namespace {

namespace fs = std::filesystem;

// A folder for the store to live in, so that a test can reach its files.
class saving_store_test : public testing::Test {
protected:
    void SetUp() override { setenv("TMPDIR", folder_.path().c_str(), 1); }
    void TearDown() override { unsetenv("TMPDIR"); }
    fs::path files() const { return fs::directory_iterator(folder_.path())->path(); }

    temporary_folder folder_;
};

TEST_F(saving_store_test, what_was_saved_once_passes_and_is_removed_at_the_end) {
    const auto documents = make_documents({.items = 5}, 1);
    {
        document_store store;
        for (const document& d : documents) store.save(d);
        EXPECT_EQ(store.check(documents), "");
    }
    EXPECT_TRUE(fs::is_empty(folder_.path()));
}

// A process that ends with a folder of its own, in the way that is given.
void end_with_a_folder(const std::function<void()>& end) {
    const pid_t child = fork();
    if (child == 0) {
        const document_store store;
        end();
        _exit(0);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
}

TEST_F(saving_store_test, what_a_killed_process_has_left_is_removed_by_the_next) {
    end_with_a_folder([] { raise(SIGKILL); });
    ASSERT_FALSE(fs::is_empty(folder_.path()));
    fs::create_directory(folder_.path() / "handoff.tmp.of-somebody");
    {
        const document_store alive;
        EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 2);
        const document_store beside;
        EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 3);
    }
    EXPECT_TRUE(fs::exists(folder_.path() / "handoff.tmp.of-somebody"));
}

TEST_F(saving_store_test, an_end_by_ctrl_c_removes_it) {
    end_with_a_folder([] { raise(SIGINT); });
    for (int tries = 0; tries < 1000 && !fs::is_empty(folder_.path()); ++tries) usleep(10'000);
    EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(saving_store_test, a_lost_and_a_doubled_file_are_seen) {
    const auto documents = make_documents({.items = 2}, 1);
    document_store store;
    store.save(documents[0]);
    EXPECT_EQ(store.check(documents), "unverified: document-1 was lost");
    store.save(documents[0]);
    EXPECT_EQ(store.check(documents), "unverified: document-0 was to be saved twice");
}

TEST_F(saving_store_test, a_torn_and_a_foreign_file_are_seen) {
    const auto documents = make_documents({.items = 1}, 1);
    document_store store;
    store.save(documents[0]);
    std::ofstream(files() / "foreign") << 'x';
    EXPECT_EQ(store.check(documents), "unverified: there are 2 files of 1");
    std::ofstream(files() / "document-0", std::ios::app) << 'x';
    EXPECT_EQ(store.check(documents), "unverified: document-0 is torn");
}

TEST_F(saving_store_test, a_document_that_breaks_off_has_no_name) {
    const document large{.id = 1, .latency = {}, .bytes = 1'000'000};
    EXPECT_EQ(elsewhere([&] {
                  document_store store;
                  std::signal(SIGXFSZ, SIG_IGN);
                  const rlimit limit{.rlim_cur = 100'000, .rlim_max = 100'000};
                  setrlimit(RLIMIT_FSIZE, &limit);
                  store.save(large);
                  return store.check({&large, 1}).ends_with("': File too large")
                             ? std::string(fs::is_empty(files()) ? "nothing is left" : "some of it is left")
                             : "it was saved";
              }),
              "nothing is left");
}

TEST_F(saving_store_test, a_write_that_fails_is_the_jobs_error) {
    const auto documents = make_documents({.items = 1}, 1);
    document_store store;
    const fs::path folder = files();
    fs::remove(folder);
    store.save(documents[0]);
    EXPECT_EQ(store.check(documents), "failed: item 'document-0' cannot be saved in '" + folder.string() +
                                          "': No such file or directory");
}

}  // namespace
}  // namespace handoff
