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

std::filesystem::path cgroup_in(const std::string& proc_self_cgroup) {
    const std::string version_2 = "0::";
    std::istringstream lines(proc_self_cgroup);
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with(version_2)) return line.substr(version_2.size());
    return "/";
}

double smallest_quota(const std::filesystem::path& root, std::filesystem::path cgroup) {
    cgroup = cgroup.relative_path();
    double smallest = quota_in(text_of(root / cgroup / "cpu.max"));
    while (!cgroup.empty()) {
        cgroup = cgroup.parent_path();
        smallest = std::min(smallest, quota_in(text_of(root / cgroup / "cpu.max")));
    }
    return smallest;
}

double cpu_quota() {
    return smallest_quota("/sys/fs/cgroup", cgroup_in(text_of("/proc/self/cgroup")));
}

}  // namespace handoff
