#include "topology.hpp"

#include <hwloc.h>

#include <algorithm>
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

int index_of(hwloc_topology_t t, hwloc_obj_type_t type, hwloc_obj_t unit) {
    const hwloc_obj_t parent = hwloc_get_ancestor_obj_by_type(t, type, unit);
    return parent == nullptr ? 0 : static_cast<int>(parent->logical_index);
}

std::vector<cpu> usable_cpus(hwloc_topology_t t) {
    std::vector<cpu> cpus;
    for (hwloc_obj_t unit = nullptr; (unit = hwloc_get_next_obj_by_type(t, HWLOC_OBJ_PU, unit)) != nullptr;)
        cpus.push_back({static_cast<int>(unit->os_index), index_of(t, HWLOC_OBJ_CORE, unit),
                        index_of(t, HWLOC_OBJ_PACKAGE, unit)});
    return cpus;
}

// The units dealt out by turns over the groups that `key` makes of them: each group's first, then each
// group's second, and so on.
template <class Key>
std::vector<int> dealt(const std::vector<cpu>& cpus, Key key) {
    std::map<int, int> taken;
    std::vector<std::pair<int, int>> turns;  // (turn, id)
    for (const cpu& c : cpus) turns.emplace_back(taken[key(c)]++, c.id);
    std::ranges::stable_sort(turns, {}, &std::pair<int, int>::first);
    std::vector<int> order;
    for (const auto& [turn, id] : turns) order.push_back(id);
    return order;
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

std::vector<int> topology::place(std::string_view placement, unsigned threads) const {
    std::vector<int> order;
    if (placement == "none") {
        order = {not_pinned};
    } else if (placement == "compact") {
        order = dealt(cpus_, [](const cpu& c) { return c.core; });
    } else if (placement == "scatter") {
        std::vector<cpu> cores_first;
        for (const int id : dealt(cpus_, [](const cpu& c) { return c.core; }))
            cores_first.push_back(*std::ranges::find(cpus_, id, &cpu::id));
        order = dealt(cores_first, [](const cpu& c) { return c.package; });
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
