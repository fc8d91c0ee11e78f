#include "case_filter.hpp"

#include <algorithm>
#include <numeric>
#include <regex>

#include "harness/machine/errors.hpp"

namespace handoff {
namespace {

constexpr const char* special = "\\^$.|?*+()[]{}";

bool is_plain(const std::string& text) {
    return text.find_first_of(special) == std::string::npos;
}

// "^name$" without any further regular expression: what a campaign asks for.
bool is_exact(const std::string& filter) {
    return filter.size() > 2 && filter.front() == '^' && filter.back() == '$' &&
           is_plain(filter.substr(1, filter.size() - 2));
}

std::regex compiled(const std::string& filter) {
    try {
        return std::regex(filter, std::regex_constants::extended);
    } catch (const std::regex_error& e) {
        throw misuse("--benchmark_filter '" + filter + "' is no regular expression: " + e.what());
    }
}

}  // namespace

// A letter that is repeated, "a*", may be missing. An alternative, "^a|b", may begin otherwise.
name_beginning::name_beginning(const std::string& filter) {
    if (filter.empty() || filter.front() != '^' || filter.find('|') != std::string::npos) return;
    const std::size_t end = std::min(filter.find_first_of(special, 1), filter.size());
    const bool repeats =
        end < filter.size() && std::string_view("*?{").find(filter[end]) != std::string::npos;
    text_ = filter.substr(1, end - 1 - (repeats && end > 1 ? 1 : 0));
}

bool name_beginning::allows(std::string_view workload, std::string_view implementation) const {
    const std::string own = std::string(workload) + "/" + std::string(implementation) + "/";
    return own.starts_with(text_) || text_.starts_with(own);
}

std::vector<std::size_t> selected(const std::vector<std::string>& names, const std::string& filter) {
    std::vector<std::size_t> indices(names.size());
    std::iota(indices.begin(), indices.end(), std::size_t{0});
    if (filter.empty() || filter == "all") return indices;
    if (is_exact(filter)) {
        const std::string wanted = filter.substr(1, filter.size() - 2);
        std::erase_if(indices, [&](std::size_t i) {
            return names[i] != wanted && names[i] + printed_suffix != wanted;
        });
        return indices;
    }
    // A leading minus selects what does not match.
    const bool negative = filter.front() == '-';
    const std::regex pattern = compiled(negative ? filter.substr(1) : filter);
    std::erase_if(indices, [&](std::size_t i) {
        const bool matches =
            std::regex_search(names[i] + printed_suffix, pattern) || std::regex_search(names[i], pattern);
        return matches == negative;
    });
    return indices;
}

}  // namespace handoff
