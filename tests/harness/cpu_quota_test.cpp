#include "harness/machine/cpu_quota.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <fstream>

#include "harness/sample.hpp"

namespace handoff {
namespace {

namespace fs = std::filesystem;

// A hierarchy of cgroups in a folder, without the kernel.
class cpu_quota_test : public testing::Test {
protected:
    ~cpu_quota_test() override { fs::remove_all(root); }

    void grant(const fs::path& cgroup, const std::string& cpu_max) const {
        fs::create_directories(root / cgroup);
        std::ofstream(root / cgroup / "cpu.max") << cpu_max << '\n';
    }

    const fs::path root = fs::path(testing::TempDir()) / ("handoff_cgroups_" + std::to_string(getpid()));
};

TEST_F(cpu_quota_test, is_time_over_period) {
    EXPECT_EQ(quota_in("300000 100000\n"), 3.0);
    EXPECT_EQ(quota_in("25000 50000\n"), 0.5);
}

TEST_F(cpu_quota_test, is_infinite_where_none_is_set) {
    for (const std::string text : {"max 100000\n", "", "100000", "-1 100000", "100000 0"})
        EXPECT_TRUE(std::isinf(quota_in(text))) << text;
}

TEST_F(cpu_quota_test, is_that_of_the_cgroup_of_version_2) {
    EXPECT_EQ(cgroup_in("0::/user.slice/a.scope\n"), "/user.slice/a.scope");
    EXPECT_EQ(cgroup_in("4:memory:/m\n1:cpu:/c\n0::/v2\n"), "/v2");
    EXPECT_EQ(cgroup_in("1:cpu:/c\n"), "/");
    EXPECT_EQ(cgroup_in(""), "/");
}

TEST_F(cpu_quota_test, is_the_smallest_on_the_way_up) {
    grant("a/b", "400000 100000");
    grant("a", "150000 100000");
    grant("other", "100000 100000");
    EXPECT_EQ(smallest_quota(root, "/a/b"), 1.5);
    EXPECT_EQ(smallest_quota(root, "/other"), 1.0);
    EXPECT_TRUE(std::isinf(smallest_quota(root, "/")));
    // As a container sees it: its own cgroup is the root.
    grant("", "200000 100000");
    EXPECT_EQ(smallest_quota(root, "/"), 2.0);
    EXPECT_EQ(smallest_quota(root, "/a/b"), 1.5);
    EXPECT_EQ(smallest_quota(root, "/is/not/there"), 2.0);
}

TEST_F(cpu_quota_test, of_this_process_is_more_than_nothing) {
    EXPECT_GT(cpu_quota(), 0.0);
}

TEST_F(cpu_quota_test, limits_the_threads_as_the_number_of_cpus_does) {
    EXPECT_FALSE(is_oversubscribed(8, {.cpus = 8, .quota = INFINITY}));
    EXPECT_TRUE(is_oversubscribed(9, {.cpus = 8, .quota = INFINITY}));
    EXPECT_FALSE(is_oversubscribed(3, {.cpus = 8, .quota = 3.0}));
    EXPECT_TRUE(is_oversubscribed(4, {.cpus = 8, .quota = 3.0}));
    EXPECT_TRUE(is_oversubscribed(2, {.cpus = 8, .quota = 1.5}));
    EXPECT_TRUE(is_oversubscribed(3, {.cpus = 2, .quota = 8.0}));
}

}  // namespace
}  // namespace handoff
