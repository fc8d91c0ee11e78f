// Where threads would go on machines that are not here: each plan is a golden file in topologies/, beside the
// description of its machine if that is XML. These machines are made up; `lstopo --of xml` describes a real
// one (less the host's name, please).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <ostream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "harness/machine/topology.hpp"
#include "harness/yardstick.hpp"

namespace handoff {
namespace {

struct described_machine {
    std::string name;
    std::string description;  // hwloc's synthetic one, or the name of a file of XML
};

std::ostream& operator<<(std::ostream& out, const described_machine& machine) {
    return out << machine.description;
}

const std::vector<described_machine> machines = {
    {"two_sockets_of_64", "package:2 core:64 pu:2"},
    // CPUs that follow each other are in different packages, and those of one core are 8 apart.
    {"numbered_by_turns", "package:2 core:4 pu:2(indexes=0,8,2,10,4,12,6,14,1,9,3,11,5,13,7,15)"},
    // As in virtual machines that tell of no cores.
    {"without_cores", "package:2 pu:4"},
    {"hybrid", "hybrid.xml"},
    {"slow_cores_first", "slow_cores_first.xml"},
    {"granted_3_of_8", "granted_3_of_8.xml"},
    {"asymmetric_numa", "asymmetric_numa.xml"},
};

const std::string folder = HANDOFF_TOPOLOGIES;

std::string text_of(const std::string& file) {
    std::ostringstream text;
    text << std::ifstream(folder + "/" + file).rdbuf();
    return text.str();
}

topology load(const described_machine& machine) {
    return machine.description.ends_with(".xml") ? topology::from_xml(text_of(machine.description))
                                                 : topology::synthetic(machine.description);
}

const cpu& find(const topology& machine, int id) {
    return *std::ranges::find(machine.cpus(), id, &cpu::id);
}

std::string counted(std::size_t count, const std::string& noun) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

// The words after a title, 16 to a line.
std::string table(const std::string& title, const std::vector<std::string>& words) {
    std::string text = "  " + title;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0 && i % 16 == 0) text += "\n  " + std::string(title.size(), ' ');
        text += " " + words[i];
    }
    return text + "\n";
}

// How many CPUs, cores and packages those are.
std::string extent(const topology& machine, const std::vector<int>& ids) {
    std::set<int> cpus;
    std::set<int> cores;
    std::set<int> packages;
    for (const int id : ids) {
        cpus.insert(id);
        cores.insert(find(machine, id).core);
        packages.insert(find(machine, id).package);
    }
    return counted(cpus.size(), "CPU") + ", " + counted(cores.size(), "core") + ", " +
           counted(packages.size(), "package");
}

// The cores of each package and kind, each core as the CPUs that share it.
std::string drawing(const topology& machine) {
    std::map<int, std::string> cores;
    std::map<std::string, std::vector<int>> rows;
    for (const cpu& c : machine.cpus()) {
        std::string& core = cores[c.core];
        core += (core.empty() ? "" : "+") + std::to_string(c.id);
        std::vector<int>& row =
            rows["package " + std::to_string(c.package) + ", kind " + std::to_string(c.kind) + ":"];
        if (c.unit == 0) row.push_back(c.core);
    }
    std::string text;
    for (const auto& [title, row] : rows) {
        std::vector<std::string> words;
        for (const int core : row) words.push_back(cores[core]);
        text += table(title, words);
    }
    return text;
}

std::string plan(const topology& machine, const std::string& placement, unsigned threads) {
    const std::vector<int> ids = machine.place(placement, threads);
    const auto pairs = cpu_pairs(machine, ids);
    std::vector<std::string> placed;
    for (const int id : ids) placed.push_back(std::to_string(id));
    std::vector<std::string> measured;
    for (const auto& [a, b] : measured_pairs(pairs))
        measured.push_back(std::to_string(a) + "-" + std::to_string(b));
    std::string text =
        "\n" + placement + ", " + counted(threads, "thread") + ": " + extent(machine, ids) + "\n";
    text += table("CPUs:", placed);
    if (!pairs.empty())
        text += table("yardstick between " + std::to_string(measured.size()) + " of " +
                          counted(pairs.size(), "pair") + ":",
                      measured);
    return text;
}

std::string plans(const described_machine& described) {
    const topology machine = load(described);
    std::vector<int> all;
    for (const cpu& c : machine.cpus()) all.push_back(c.id);
    std::string text = described.description + ": " + extent(machine, all) + "\n" + drawing(machine);
    const std::set<std::size_t> team_sizes = {1, 2, 4, all.size() + 1};
    for (const std::string placement : {"compact", "scatter"})
        for (const std::size_t threads : team_sizes)
            text += plan(machine, placement, static_cast<unsigned>(threads));
    return text;
}

class placement_plan_test : public testing::TestWithParam<described_machine> {};

TEST_P(placement_plan_test, is_the_golden_one) {
    const std::string file = GetParam().name + ".txt";
    if (std::getenv("HANDOFF_WRITE_GOLDEN") != nullptr) {
        std::ofstream(folder + "/" + file) << plans(GetParam());
        FAIL() << "wrote " << file << ", so nothing was tested: run again without HANDOFF_WRITE_GOLDEN";
    }
    EXPECT_EQ(text_of(file), plans(GetParam()))
        << "If it is meant to change: HANDOFF_WRITE_GOLDEN=1 build/release/tests/harness/harness_tests "
           "--gtest_filter='*placement_plan_test*', then look at what git diff tests/harness/topologies "
           "says.";
}

// What holds on any machine, and in a golden file that was written without a look.
TEST_P(placement_plan_test, takes_each_core_before_any_twice_and_each_cpu_too) {
    const topology machine = load(GetParam());
    std::set<int> all_cores;
    for (const cpu& c : machine.cpus()) all_cores.insert(c.core);
    for (const std::string placement : {"compact", "scatter"}) {
        std::set<int> cores;
        for (const int id : machine.place(placement, static_cast<unsigned>(all_cores.size())))
            cores.insert(find(machine, id).core);
        EXPECT_EQ(cores, all_cores) << placement;
        const auto ids = machine.place(placement, static_cast<unsigned>(machine.cpus().size()));
        EXPECT_EQ(std::set<int>(ids.begin(), ids.end()).size(), machine.cpus().size()) << placement;
    }
}

TEST_P(placement_plan_test, takes_the_fastest_kind_of_core_first) {
    const topology machine = load(GetParam());
    const int fastest = std::ranges::max(machine.cpus(), {}, &cpu::kind).kind;
    for (const std::string placement : {"compact", "scatter"})
        EXPECT_EQ(find(machine, machine.place(placement, 1).front()).kind, fastest) << placement;
}

INSTANTIATE_TEST_SUITE_P(machines, placement_plan_test, testing::ValuesIn(machines),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace handoff
