#include "topology.hpp"

#include <hwloc.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <memory>
#include <sstream>
#include <type_traits>

#include "errors.hpp"

namespace handoff {
namespace {

using hwloc_handle =
    std::unique_ptr<std::remove_pointer_t<hwloc_topology_t>, decltype(&hwloc_topology_destroy)>;

hwloc_handle make_hwloc() {
    hwloc_topology_t raw = nullptr;
    if (hwloc_topology_init(&raw) != 0) throw std::runtime_error("hwloc: cannot create a topology");
    return {raw, &hwloc_topology_destroy};
}

int index_of(hwloc_topology_t t, hwloc_obj_type_t type, hwloc_obj_t unit, int otherwise) {
    const hwloc_obj_t parent = hwloc_get_ancestor_obj_by_type(t, type, unit);
    return parent == nullptr ? otherwise : static_cast<int>(parent->logical_index);
}

int kind_of(hwloc_topology_t t, hwloc_obj_t unit) {
    const int index = hwloc_cpukinds_get_by_cpuset(t, unit->cpuset, 0);
    int efficiency = 0;
    if (index < 0 || hwloc_cpukinds_get_info(t, static_cast<unsigned>(index), nullptr, &efficiency, nullptr,
                                             nullptr, 0) != 0)
        return 0;
    return std::max(efficiency, 0);  // hwloc says -1 of kinds that it cannot rank
}

std::vector<cpu> usable_cpus(hwloc_topology_t t) {
    std::vector<cpu> cpus;
    std::map<int, int> units;  // of each core
    for (hwloc_obj_t unit = nullptr; (unit = hwloc_get_next_obj_by_type(t, HWLOC_OBJ_PU, unit)) != nullptr;) {
        // Some virtual machines tell of no cores: then each unit counts as one.
        const int core = index_of(t, HWLOC_OBJ_CORE, unit, static_cast<int>(unit->logical_index));
        cpus.push_back({.id = static_cast<int>(unit->os_index),
                        .core = core,
                        .package = index_of(t, HWLOC_OBJ_PACKAGE, unit, 0),
                        .kind = kind_of(t, unit),
                        .unit = units[core]++});
    }
    return cpus;
}

// One unit of each core, the fastest kind of core first; then the cores' second units, and so on.
std::vector<cpu> compact(std::vector<cpu> cpus) {
    std::ranges::stable_sort(cpus, {}, [](const cpu& c) { return std::pair(c.unit, -c.kind); });
    return cpus;
}

// The same, but units that are first (second, ...) in cores of one kind are dealt out by the packages in
// turns.
std::vector<cpu> scatter(const std::vector<cpu>& cpus) {
    std::map<std::array<int, 3>, int> turns;  // of each unit, kind and package
    std::vector<std::pair<std::array<int, 3>, cpu>> dealt;
    for (const cpu& c : compact(cpus)) {
        const int turn = turns[{c.unit, c.kind, c.package}]++;
        dealt.push_back({{c.unit, -c.kind, turn}, c});
    }
    std::ranges::stable_sort(dealt, {}, [](const auto& entry) { return entry.first; });
    std::vector<cpu> order;
    for (const auto& [rank, c] : dealt) order.push_back(c);
    return order;
}

std::vector<int> ids_of(const std::vector<cpu>& cpus) {
    std::vector<int> ids;
    for (const cpu& c : cpus) ids.push_back(c.id);
    return ids;
}

std::string join(const std::vector<cpu>& cpus) {
    std::string text;
    for (const cpu& c : cpus) text += (text.empty() ? "" : ",") + std::to_string(c.id);
    return text;
}

}  // namespace

topology topology::detect() {
    const hwloc_handle t = make_hwloc();
    // The flag leaves out what the affinity mask of this process forbids.
    hwloc_topology_set_flags(t.get(),
                             HWLOC_TOPOLOGY_FLAG_RESTRICT_TO_CPUBINDING | HWLOC_TOPOLOGY_FLAG_IS_THISSYSTEM);
    if (hwloc_topology_load(t.get()) != 0)
        throw std::runtime_error("hwloc: cannot read this machine's topology");
    topology machine;
    machine.cpus_ = usable_cpus(t.get());
    return machine;
}

topology topology::synthetic(const std::string& description) {
    const hwloc_handle t = make_hwloc();
    if (hwloc_topology_set_synthetic(t.get(), description.c_str()) != 0 || hwloc_topology_load(t.get()) != 0)
        throw misuse("'" + description + "' is no hwloc synthetic topology");
    topology machine;
    machine.cpus_ = usable_cpus(t.get());
    return machine;
}

topology topology::from_xml(const std::string& xml) {
    const hwloc_handle t = make_hwloc();
    // hwloc counts the terminating zero in.
    if (hwloc_topology_set_xmlbuffer(t.get(), xml.c_str(), static_cast<int>(xml.size()) + 1) != 0 ||
        hwloc_topology_load(t.get()) != 0)
        throw misuse("'" + xml.substr(0, 40) + "...' is no hwloc topology in XML");
    topology machine;
    machine.cpus_ = usable_cpus(t.get());
    return machine;
}

std::vector<int> topology::place(std::string_view placement, unsigned threads) const {
    std::vector<int> order;
    if (placement == "none") {
        order = {not_pinned};
    } else if (placement == "compact") {
        order = ids_of(compact(cpus_));
    } else if (placement == "scatter") {
        order = ids_of(scatter(cpus_));
    } else if (placement.starts_with("cpus:")) {
        order = listed(placement.substr(5));
    } else {
        throw misuse("placement '" + std::string(placement) +
                     "' is unknown; valid: compact, scatter, none, cpus:LIST with CPUs from " + join(cpus_));
    }
    std::vector<int> placed(threads);
    for (unsigned i = 0; i < threads; ++i) placed[i] = order[i % order.size()];
    return placed;
}

std::vector<int> topology::listed(std::string_view list) const {
    std::vector<int> ids;
    std::istringstream parts{std::string(list)};
    for (std::string text; std::getline(parts, text, ',');) {
        int id = -1;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
        if (error != std::errc{} || end != text.data() + text.size() ||
            !std::ranges::count(cpus_, id, &cpu::id))
            throw misuse("placement 'cpus:" + std::string(list) + "': there is no CPU '" + text +
                         "' here; valid: " + join(cpus_));
        ids.push_back(id);
    }
    if (ids.empty()) throw misuse("placement 'cpus:' names no CPU; valid: " + join(cpus_));
    return ids;
}

std::vector<std::pair<int, int>> cpu_pairs(const topology& machine, const std::vector<int>& placement) {
    std::vector<int> ids;
    for (const int id : placement)
        if (id != not_pinned && !std::ranges::count(ids, id)) ids.push_back(id);
    if (ids.empty())
        for (std::size_t i = 0; i < std::min<std::size_t>(2, machine.cpus().size()); ++i)
            ids.push_back(machine.cpus()[i].id);
    std::vector<std::pair<int, int>> pairs;
    for (std::size_t i = 0; i < ids.size(); ++i)
        for (std::size_t k = i + 1; k < ids.size(); ++k) pairs.emplace_back(ids[i], ids[k]);
    return pairs;
}

}  // namespace handoff
