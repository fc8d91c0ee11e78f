#include "accidents.hpp"

#include <algorithm>
#include <sstream>

#include "downloads/job/mixed.hpp"
#include "harness/machine/errors.hpp"

namespace handoff {
namespace {

// Redirects are drawn apart from failures.
constexpr std::uint64_t redirect_salt = 0xd1b54a32d192ed03;

constexpr unsigned most_redirects = 3;

std::string choices() {
    std::string text;
    for (const std::string_view name : accident_names) text.append(text.empty() ? "" : ", ").append(name);
    return text;
}

}  // namespace

std::vector<accident> accidents_named(const std::string& text) {
    std::vector<accident> all;
    std::istringstream names(text);
    for (std::string name; std::getline(names, name, ',');) {
        const auto found = std::ranges::find(accident_names, name);
        if (found == accident_names.end())
            throw misuse("accident '" + name + "' is unknown; valid: " + choices());
        all.push_back(static_cast<accident>(found - accident_names.begin()));
    }
    if (all.empty()) throw misuse("accidents '" + text + "': at least one of " + choices());
    return all;
}

accident accident_of(const accident_spec& spec, const document& d, unsigned attempt) {
    if (d.permanent) return accident::missing;
    if (attempt >= d.failures) return accident::none;
    const std::uint64_t drawn = mixed(mixed(mixed(spec.seed) ^ d.id) ^ attempt);
    return spec.failures.at(drawn % spec.failures.size());
}

unsigned redirects_of(const accident_spec& spec, const document& d) {
    const std::uint64_t drawn = mixed(spec.seed ^ redirect_salt) ^ d.id;
    if (even_share(drawn) >= spec.redirected) return 0;
    return 1 + static_cast<unsigned>(mixed(mixed(drawn)) % most_redirects);
}

}  // namespace handoff
