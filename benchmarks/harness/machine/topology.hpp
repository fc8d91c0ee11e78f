// Which CPUs there are and where a case's threads go. Read through hwloc, so that packages, caches and the
// affinity mask are taken into account and a synthetic machine can be tested without having it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace handoff {

// One processing unit that this process may use.
struct cpu {
    int id;       // the operating system's number
    int core;     // logical index of its core
    int package;  // logical index of its package
    int kind;     // rank of its kind of core, the slowest 0; 0 for all where there is but one kind
    int unit;     // how many usable units of its core come before it
};

inline constexpr int not_pinned = -1;

class topology {
public:
    // This machine, less what the affinity mask forbids.
    static topology detect();
    // A machine from an hwloc synthetic description, such as "package:2 core:4 pu:2".
    static topology synthetic(const std::string& description);
    // A machine as `lstopo --of xml` describes it, less what the cgroup forbade there. hwloc does not survive
    // every description that is less complete than those.
    static topology from_xml(const std::string& xml);

    // In hwloc's order: neighbours share the most.
    const std::vector<cpu>& cpus() const { return cpus_; }

    // A CPU for each of `threads` threads, by the name of a placement:
    //   compact     one thread per core in hwloc's order, then the cores' further units, then round again
    //   scatter     the same, but packages by turns
    //   none        not pinned
    //   cpus:0,3,1  these, in this order, then round again
    // Where cores differ in kind, compact and scatter take the fastest first. A slow core still comes before
    // the second unit of a fast one, which would slow the first one down.
    // Throws misuse for an unknown name or a CPU that is not there.
    std::vector<int> place(std::string_view placement, unsigned threads) const;

private:
    std::vector<int> listed(std::string_view list) const;
    std::vector<cpu> cpus_;
};

// The pairs of different CPUs in a placement; for an unpinned one the first two CPUs of the machine.
std::vector<std::pair<int, int>> cpu_pairs(const topology& machine, const std::vector<int>& placement);

}  // namespace handoff
