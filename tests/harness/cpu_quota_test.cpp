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

TEST_F(cpu_quota_test, has_cgroups_of_both_versions) {
    using groups = std::vector<cgroup>;
    EXPECT_EQ(cgroups_in("0::/user.slice/a.scope\n"),
              (groups{{"", "/user.slice/a.scope"}, {"unified", "/user.slice/a.scope"}}));
    EXPECT_EQ(cgroups_in("4:memory:/m\n3:cpuset:/s\n1:cpu:/c\n"), (groups{{"cpu", "/c"}}));
    EXPECT_EQ(cgroups_in("2:cpu,cpuacct:/c\n"), (groups{{"cpu,cpuacct", "/c"}, {"cpu", "/c"}}));
    EXPECT_EQ(cgroups_in(""), groups{});
}

TEST_F(cpu_quota_test, of_version_1_is_found_in_its_own_hierarchy) {
    fs::create_directories(root / "cpu,cpuacct" / "a" / "b");
    std::ofstream(root / "cpu,cpuacct" / "a" / "cpu.cfs_quota_us") << "50000\n";
    std::ofstream(root / "cpu,cpuacct" / "a" / "cpu.cfs_period_us") << "100000\n";
    std::ofstream(root / "cpu,cpuacct" / "cpu.cfs_quota_us") << "-1\n";
    std::ofstream(root / "cpu,cpuacct" / "cpu.cfs_period_us") << "100000\n";
    EXPECT_EQ(cpu_quota(root, "4:memory:/\n2:cpu,cpuacct:/a/b\n0::/\n"), 0.5);
    EXPECT_TRUE(std::isinf(cpu_quota(root, "2:cpu,cpuacct:/\n")));
    grant("unified/x", "25000 100000");
    EXPECT_EQ(cpu_quota(root, "2:cpu,cpuacct:/a/b\n0::/x\n"), 0.25);
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

TEST_F(cpu_quota_test, two_threads_on_one_cpu_are_too_many) {
    const std::vector<int> cpus{topology::detect().cpus().front().id};
    EXPECT_FALSE(is_oversubscribed(cpus) && cpu_quota() >= 1.0);
    EXPECT_TRUE(is_oversubscribed(std::vector<int>{cpus[0], cpus[0]}));
    const run_settings on_one{.placement = "cpus:" + std::to_string(cpus[0])};
    EXPECT_TRUE(is_oversubscribed(on_one, 2));
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
