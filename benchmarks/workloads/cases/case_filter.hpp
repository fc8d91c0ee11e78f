// Which cases --benchmark_filter selects, by Google Benchmark's own rules, but for one: the end of a case's
// own name, as a report has it, is an end, too. Applied before registration: its registry takes time that
// grows with the square of the cases, and the matrix has many thousands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace handoff {

// What Google Benchmark appends to a name that is registered with Iterations(1) and UseManualTime().
inline constexpr const char* printed_suffix = "/iterations:1/manual_time";

// How the names begin that a filter can select, as far as its first plain letters say. A workload of 20,000
// cases leaves out the others before it makes them: that took longer than a short trial.
class name_beginning {
public:
    name_beginning() = default;  // any
    explicit name_beginning(const std::string& filter);

    // Whether a case of this implementation may be selected.
    bool allows(std::string_view workload, std::string_view implementation) const;

private:
    std::string text_;
};

// The indices of the names that the filter selects, as they are or as printed. Throws misuse if it is no
// regular expression.
std::vector<std::size_t> selected(const std::vector<std::string>& names, const std::string& filter);

}  // namespace handoff
