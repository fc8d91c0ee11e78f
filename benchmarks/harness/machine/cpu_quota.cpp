#include "cpu_quota.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <sstream>

namespace handoff {
namespace {

std::string text_of(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

}  // namespace

double quota_in(const std::string& cpu_max) {
    std::istringstream text(cpu_max);
    double time = 0.0;
    double period = 0.0;
    // "max" is no number.
    if (!(text >> time >> period) || time <= 0.0 || period <= 0.0)
        return std::numeric_limits<double>::infinity();
    return time / period;
}

double quota_in(const std::string& cfs_quota_us, const std::string& cfs_period_us) {
    return quota_in(cfs_quota_us + ' ' + cfs_period_us);  // -1: no quota
}

std::vector<cgroup> cgroups_in(const std::string& proc_self_cgroup) {
    std::vector<cgroup> found;
    std::istringstream lines(proc_self_cgroup);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t first = line.find(':');
        const std::size_t second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos) continue;
        const std::string controllers = line.substr(first + 1, second - first - 1);
        const std::string path = line.substr(second + 1);
        if (controllers.empty()) {
            found.push_back({"", path});
            found.push_back({"unified", path});  // where the hierarchies of both versions are mounted
        } else if (("," + controllers + ",").find(",cpu,") != std::string::npos) {
            found.push_back({controllers, path});
            if (controllers != "cpu") found.push_back({"cpu", path});
        }
    }
    return found;
}

double smallest_quota(const std::filesystem::path& root, std::filesystem::path cgroup) {
    const auto quota_of = [](const std::filesystem::path& folder) {
        return std::min(
            quota_in(text_of(folder / "cpu.max")),
            quota_in(text_of(folder / "cpu.cfs_quota_us"), text_of(folder / "cpu.cfs_period_us")));
    };
    cgroup = cgroup.relative_path();
    double smallest = quota_of(root / cgroup);
    while (!cgroup.empty()) {
        cgroup = cgroup.parent_path();
        smallest = std::min(smallest, quota_of(root / cgroup));
    }
    return smallest;
}

double cpu_quota(const std::filesystem::path& root, const std::string& proc_self_cgroup) {
    double smallest = smallest_quota(root, "/");
    for (const cgroup& one : cgroups_in(proc_self_cgroup))
        smallest = std::min(smallest, smallest_quota(root / one.hierarchy, one.path));
    return smallest;
}

double cpu_quota() {
    return cpu_quota("/sys/fs/cgroup", text_of("/proc/self/cgroup"));
}

}  // namespace handoff
