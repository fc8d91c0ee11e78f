// How much CPU time the cgroup grants, whichever CPUs it is spent on: a container may have three CPUs' worth
// of time on a machine of eight. Beyond it all threads are stopped until the next period begins. Version 2 of
// cgroups only: https://docs.kernel.org/admin-guide/cgroup-v2.html
#pragma once

#include <filesystem>
#include <string>

namespace handoff {

// In CPUs, from what a file cpu.max says: 3.0 for "300000 100000". Infinite for "max 100000", and for what is
// no quota.
double quota_in(const std::string& cpu_max);

// The cgroup's path below the hierarchy's root, from what /proc/self/cgroup says: "/a/b" for "0::/a/b". "/"
// if there is none of version 2.
std::filesystem::path cgroup_in(const std::string& proc_self_cgroup);

// The smallest quota on the way from a cgroup up to the hierarchy's root: each limits all that is below it.
double smallest_quota(const std::filesystem::path& root, std::filesystem::path cgroup);

// That of this process.
double cpu_quota();

}  // namespace handoff
