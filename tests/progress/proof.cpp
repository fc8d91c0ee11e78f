#include "proof.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "effort.hpp"
#include "session.hpp"
#include "spec_words.hpp"

namespace handoff::stalls {
namespace {

using json = nlohmann::ordered_json;

constexpr int schema = 1;

json head(std::string_view kind, std::string_view name, const std::string& violation) {
    return {{"schema", schema},
            {"name", name},
            {"kind", kind},
            {"effort", the_effort().name},
            {"seed", conformance::seed()},
            {"holds", violation.empty()},
            {"violation", violation.empty() ? json() : json(violation)}};
}

void save(const json& page, const std::string& file) {
    const char* const chosen = std::getenv("HANDOFF_PROOFS");
    const std::filesystem::path folder =
        std::filesystem::path(chosen == nullptr ? HANDOFF_PROOFS : chosen) / the_effort().name;
    std::filesystem::create_directories(folder);
    std::ofstream out(folder / file);
    out << page.dump(2) << '\n';
    out.close();
    if (!out) throw std::runtime_error("cannot write " + (folder / file).string());
}

}  // namespace

std::string progress_proof::violation() const {
    for (const std::size_t operation : {0U, 1U}) {
        if (claims_too_much(seen, claims, operation)) return summary(*this, operation);
    }
    return "";
}

std::string summary(const progress_proof& shown, std::size_t operation) {
    const operation_seen& seen = shown.seen.operations[operation];
    std::string sentence = std::string(shown.operations[operation]) + " was held up in " +
                           std::to_string(seen.held_up_in_all()) + " of " + std::to_string(seen.watched) +
                           " stops";
    if (seen.held_up_in_all() > 0) {
        sentence += " (" + std::to_string(seen.held_up[0]) + " in " + std::string(shown.operations[0]) +
                    ", " + std::to_string(seen.held_up[1]) + " in " + std::string(shown.operations[1]) + ")";
    }
    return sentence + " and claims " + text(shown.claims[operation]);
}

void write(const progress_proof& shown) {
    json page = head(shown.kind, shown.name, shown.violation());
    const auto& names = shown.operations;
    page["stops"] = shown.seen.stops;
    page["inside"] = {{names[0], shown.seen.inside[0]}, {names[1], shown.seen.inside[1]}};
    for (const std::size_t operation : {0U, 1U}) {
        const operation_seen& seen = shown.seen.operations[operation];
        page[std::string(names[operation])] = {
            {"claim", text(shown.claims[operation])},
            {"watched", seen.watched},
            {"held_up", seen.held_up_in_all()},
            {"held_up_by", {{names[0], seen.held_up[0]}, {names[1], seen.held_up[1]}}}};
    }
    save(page, "progress-" + std::string(shown.name) + ".json");
}

void write(const stalls_proof& shown) {
    json page = head("queue", shown.name, shown.violation);
    page["order"] = text(shown.delivery);
    page["transfers"] = shown.transfers;
    page["items"] = shown.items;
    page["stops"] = shown.stops;
    page["reordered"] = shown.reordered;
    save(page, "stalls-" + std::string(shown.name) + ".json");
}

}  // namespace handoff::stalls
