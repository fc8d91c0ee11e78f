// Prints the catalog as JSON (docs/samples.md): what the scripts and the README's tables are made from.
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "catalog.hpp"
#include "harness/machine/clock.hpp"
#include "harness/wait.hpp"
#include "spec_words.hpp"

namespace handoff {
namespace {

using nlohmann::ordered_json;

// null: no control.
ordered_json kind_of_control(std::string_view kind) {
    return kind.empty() ? ordered_json() : ordered_json(kind);
}

ordered_json describe(const queue_entry& e) {
    const queue_spec& s = *e.spec;
    ordered_json items = ordered_json::array();
    for (std::size_t i = 0; i < item_names.size(); ++i)
        if (e.holds[i]) items.push_back(item_names[i]);
    return {
        {"name", s.name},
        {"cite", s.cite},
        {"library", e.library.version},
        {"packaged", e.library.packaged},
        {"producers", text(s.producers)},
        {"consumers", text(s.consumers)},
        {"bound", text(s.bound)},
        {"push", text(s.push)},
        {"pop", text(s.pop)},
        {"delivery", text(s.delivery)},
        {"failure", text(s.failure)},
        {"most_overtaken", s.delivery == order::k_relaxed ? ordered_json(s.most_overtaken) : ordered_json()},
        {"items", items},
        {"own_wait", e.own_wait},
        {"timed", e.timed},
        {"closable", e.closable},
        {"bulk", e.bulk},
        {"control", kind_of_control(e.control)},
        {"conserves", s.conserves},
        {"header", e.header}};
}

ordered_json describe(const counter_entry& e) {
    const counter_spec& s = *e.spec;
    return {{"name", s.name},
            {"cite", s.cite},
            {"library", e.library.version},
            {"packaged", e.library.packaged},
            {"add", text(s.add)},
            {"read", text(s.read)},
            {"value", text(s.value)},
            {"control", kind_of_control(e.control)},
            {"header", e.header}};
}

ordered_json describe(const lock_entry& e) {
    const lock_spec& s = *e.spec;
    const bool bounded = s.fair == fairness::bounded_bypass;
    return {{"name", s.name},
            {"cite", s.cite},
            {"library", e.library.version},
            {"packaged", e.library.packaged},
            {"unlock", text(s.unlock)},
            {"fairness", text(s.fair)},
            {"most_bypasses", bounded ? ordered_json(s.most_bypasses) : ordered_json()},
            {"try", e.tried ? ordered_json(text(s.tries)) : ordered_json()},
            {"shared", e.shared},
            {"recursive", s.recursive},
            {"may_block", s.may_block},
            {"control", kind_of_control(e.control)},
            {"header", e.header}};
}

ordered_json describe(const wait_entry& e) {
    const wait_spec& s = *e.spec;
    return {{"name", s.name},
            {"cite", s.cite},
            {"library", e.library.version},
            {"packaged", e.library.packaged},
            {"notify", text(s.notify)},
            {"meanwhile", text(s.meanwhile)},
            {"waiters", text(s.waiters)},
            {"control", kind_of_control(e.control)},
            {"header", e.header}};
}

// As benchmarks/CMakeLists.txt lists them.
ordered_json workloads() {
    ordered_json all = ordered_json::array();
    std::istringstream names(HANDOFF_WORKLOADS);
    for (std::string name; names >> name;) all.push_back(name);
    return all;
}

// Of the machine that this runs on, so that a campaign's thousands of processes need not find it out again.
ordered_json clock_unit() {
    harness_clock::calibrate();
    return {{"counter", harness_clock::uses_tsc() ? "tsc" : "steady_clock"}, {"hz", harness_clock::hz()}};
}

}  // namespace
}  // namespace handoff

int main() {
    using namespace handoff;
    ordered_json catalog = {{"schema", 1},
                            {"queues", ordered_json::array()},
                            {"counters", ordered_json::array()},
                            {"locks", ordered_json::array()},
                            {"ways_to_wait", ordered_json::array()},
                            {"left_out", ordered_json::array()},
                            {"waits", wait_names},
                            {"workloads", workloads()},
                            {"clock", clock_unit()}};
    for (const queue_entry* e : queues()) catalog["queues"].push_back(describe(*e));
    for (const counter_entry* e : counters()) catalog["counters"].push_back(describe(*e));
    for (const lock_entry* e : locks()) catalog["locks"].push_back(describe(*e));
    for (const wait_entry* e : waits()) catalog["ways_to_wait"].push_back(describe(*e));
    for (const left_out_here& one : left_out())
        catalog["left_out"].push_back({{"name", one.name}, {"package", one.package}});
    std::cout << catalog.dump(2) << '\n';
}
