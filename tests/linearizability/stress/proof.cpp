#include "stress/proof.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

#include "harness/machine/clock.hpp"

namespace handoff::linearizability {
namespace {

// Calls that began before an earlier one had ended.
std::uint64_t count_concurrent(const history& calls) {
    history by_invocation = calls;
    std::sort(by_invocation.begin(), by_invocation.end(),
              [](const operation& a, const operation& b) { return a.invoked < b.invoked; });
    std::uint64_t count = 0;
    stamp last_response = 0;
    for (const operation& o : by_invocation) {
        count += o.invoked <= last_response;
        last_response = std::max(last_response, o.responded);
    }
    return count;
}

}  // namespace

void call_counts::count(const history& calls, bool with_stamps) {
    ++bursts;
    (with_stamps ? stamped : unstamped) += calls.size();
    if (with_stamps) concurrent += count_concurrent(calls);
    for (const operation& o : calls) {
        succeeded += o.succeeded();
        empty += o.result == outcome::empty;
        full += o.result == outcome::full;
    }
}

void part_counts::count(std::uint64_t calls_made, std::uint64_t calls_decided) {
    ++bursts;
    calls += calls_made;
    decided += calls_decided;
}

std::string summary(const proof& shown) {
    const std::string name(shown.name);
    if (!shown.holds()) return name + ": BROKEN: " + shown.broken.substr(0, shown.broken.find('\n'));
    if (shown.checker.empty()) return name + ": promises nothing that could be checked";
    std::string text = name + ": " + std::string(shown.checker) + " holds: ";
    if (shown.stamps.trusted) {
        text += std::to_string(shown.counts.stamped) + " calls, " + std::to_string(shown.counts.concurrent) +
                " concurrent, " + std::to_string(shown.counts.decided) + " decided exactly";
        if (shown.kind == "queue") text += "; k observed " + std::to_string(shown.counts.overtaken);
        if (shown.most_overtaken) text += " of " + std::to_string(*shown.most_overtaken) + " promised";
        text += "; ";
    } else {
        text += "order-free checks only (" + shown.stamps.why + "): ";
    }
    text += std::to_string(shown.counts.unstamped) + " calls without stamps";
    if (shown.wrapped.bursts > 0)
        text += "; of all, " + std::to_string(shown.wrapped.calls) + " in bursts in which indices wrap, " +
                std::to_string(shown.wrapped.decided) + " decided exactly";
    else if (shown.kind == "queue")
        text += "; not tested where its indices wrap";
    if (shown.stopped.stops == 0) return text;
    return text + "; of all, " + std::to_string(shown.stopped.calls) + " in bursts with " +
           std::to_string(shown.stopped.stops) + " stops, " + std::to_string(shown.stopped.decided) +
           " decided exactly";
}

void write(const proof& shown, const std::string& folder) {
    using json = nlohmann::ordered_json;
    const call_counts& counts = shown.counts;
    const json page = {
        {"schema", 1},
        {"name", shown.name},
        {"kind", shown.kind},
        {"checker", shown.checker.empty() ? json() : json(shown.checker)},
        {"holds", shown.holds()},
        {"violation", shown.holds() ? json() : json(shown.broken)},
        {"stamps",
         {{"trusted", shown.stamps.trusted},
          {"why", shown.stamps.why},
          {"smallest_hand_over_ns", harness_clock::ns(static_cast<ticks>(shown.stamps.smallest_hand_over))}}},
        {"calls",
         {{"stamped", counts.stamped},
          {"decided", counts.decided},
          {"concurrent", counts.concurrent},
          {"unstamped", counts.unstamped},
          {"succeeded", counts.succeeded},
          {"empty", counts.empty},
          {"full", counts.full},
          {"excused", counts.excused}}},
        {"stopped",
         {{"stops", shown.stopped.stops},
          {"bursts", shown.stopped.bursts},
          {"calls", shown.stopped.calls},
          {"decided", shown.stopped.decided}}},
        {"wrapped",
         {{"bursts", shown.wrapped.bursts},
          {"calls", shown.wrapped.calls},
          {"decided", shown.wrapped.decided}}},
        {"overtaken", shown.kind == "queue" && shown.stamps.trusted ? json(counts.overtaken) : json()},
        {"most_overtaken", shown.most_overtaken ? json(*shown.most_overtaken) : json()},
        {"bursts", counts.bursts},
        {"effort", shown.effort},
        {"seconds", shown.seconds},
        {"seed", shown.seed},
    };
    const std::filesystem::path path =
        std::filesystem::path(folder) / shown.effort / (std::string(shown.name) + ".json");
    std::filesystem::create_directories(path.parent_path());
    std::ofstream file(path);
    file << page.dump(2) << '\n';
    if (!file.flush()) throw std::runtime_error("cannot write the proof " + path.string());
}

}  // namespace handoff::linearizability
