// How much CPU time the cgroups grant, whichever CPUs it is spent on: a container may have three CPUs' worth
// of time on a machine of eight. Beyond it all threads are stopped until the next period begins. Both
// versions of cgroups: https://docs.kernel.org/admin-guide/cgroup-v2.html,
// https://docs.kernel.org/scheduler/sched-bwc.html
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace handoff {

// In CPUs, from what a file cpu.max says: 3.0 for "300000 100000". Infinite for "max 100000", and for what is
// no quota.
double quota_in(const std::string& cpu_max);

// The same of version 1, whose files cpu.cfs_quota_us and cpu.cfs_period_us say one of the two each.
double quota_in(const std::string& cfs_quota_us, const std::string& cfs_period_us);

// A group of this process, and the folder of its hierarchy below the root: "" for the one of version 2,
// "unified" for where it lies beside those of version 1, "cpu,cpuacct" and the like for version 1.
struct cgroup {
    std::string hierarchy;
    std::filesystem::path path;

    bool operator==(const cgroup&) const = default;
};

// Those that can have a quota of CPU time, from what /proc/self/cgroup says.
std::vector<cgroup> cgroups_in(const std::string& proc_self_cgroup);

// The smallest quota on the way from a cgroup up to its hierarchy's root: each limits all that is below it.
double smallest_quota(const std::filesystem::path& root, std::filesystem::path cgroup);

// That of a process whose /proc/self/cgroup this is.
double cpu_quota(const std::filesystem::path& root, const std::string& proc_self_cgroup);
// That of this process.
double cpu_quota();

}  // namespace handoff
