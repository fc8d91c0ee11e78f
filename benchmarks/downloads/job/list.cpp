#include "list.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>
#include <string>
#include <system_error>

#include "harness/canary.hpp"
#include "harness/machine/errors.hpp"

namespace handoff {
namespace {

constexpr double sigma = 0.5;
constexpr double alpha = 1.5;
constexpr double most_medians = 100.0;

// A day, so that no sum of times overflows.
constexpr double longest_ms = 86'400'000.0;

// What goes wrong, and the rates, are drawn apart, so that a list with them has the latencies and sizes of
// the list without.
constexpr std::uint64_t luck_salt = 0x9e3779b97f4a7c15;
constexpr std::uint64_t rate_salt = 0xbf58476d1ce4e5b9;

class time_source {
public:
    time_source(distribution kind, double median)
        : kind_(kind), median_(median), log_normal_(std::log(median), sigma) {}

    double operator()(std::mt19937_64& random) {
        switch (kind_) {
            case distribution::constant:
                return median_;
            case distribution::log_normal:
                return log_normal_(random);
            case distribution::heavy_tail:
                break;
        }
        // The inverse of the distribution function at an even draw from (0, 1]; half of it gives the median.
        const double even = 1.0 - uniform_(random);
        return median_ * std::min(most_medians, std::pow(2.0 * even, -1.0 / alpha));
    }

private:
    distribution kind_;
    double median_;
    std::lognormal_distribution<double> log_normal_;
    std::uniform_real_distribution<double> uniform_;
};

// More than any policy tries.
constexpr unsigned most_failures = 1000;

void add_failures(std::vector<document>& documents, const list_spec& spec, std::uint64_t seed) {
    std::mt19937_64 luck(seed ^ luck_salt);
    std::uniform_real_distribution<double> even;
    for (document& d : documents) {
        while (d.failures < most_failures && even(luck) < spec.failing) ++d.failures;
        d.permanent = even(luck) < spec.permanent;
    }
}

// What is drawn is the time that a byte takes, so that the heavy tail is one of slowness.
void add_rates(std::vector<document>& documents, const list_spec& spec, std::uint64_t seed) {
    std::mt19937_64 random(seed ^ rate_salt);
    time_source seconds_for_a_byte(spec.rate, 1.0 / static_cast<double>(spec.median_rate));
    for (document& d : documents) {
        const double rate = std::round(1.0 / seconds_for_a_byte(random));
        d.bytes_per_second = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(rate));
    }
}

template <class Number>
bool read_number(const std::string& text, Number& value) {
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    return error == std::errc{} && stopped == end;
}

bool takes_too_long(const document& d) {
    if (d.bytes_per_second == 0) return false;
    return static_cast<double>(d.bytes) / static_cast<double>(d.bytes_per_second) * 1e3 > longest_ms;
}

// One line of a trace; false if it is none.
bool read_document(const std::string& line, document& d) {
    std::istringstream text(line);
    const std::vector<std::string> words{std::istream_iterator<std::string>(text), {}};
    if (words.size() < 2 || words.size() > 4) return false;
    double ms = 0.0;
    if (!read_number(words[0], ms) || !(ms >= 0.0 && ms <= longest_ms)) return false;
    d.latency = std::chrono::nanoseconds(static_cast<std::int64_t>(ms * 1e6));
    if (!read_number(words[1], d.bytes)) return false;
    d.permanent = words.size() > 2 && words[2] == "permanent";
    if (words.size() > 2 && !d.permanent && !read_number(words[2], d.failures)) return false;
    if (words.size() > 3 && !read_number(words[3], d.bytes_per_second)) return false;
    return !takes_too_long(d);
}

}  // namespace

std::vector<document> make_documents(const list_spec& spec, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    time_source latency_ms(spec.latency, std::chrono::duration<double, std::milli>(spec.median).count());
    std::lognormal_distribution<double> size(std::log(median_bytes), 1.0);
    std::vector<document> documents;
    documents.reserve(spec.items);
    for (std::uint64_t id = 0; id < spec.items; ++id) {
        const std::chrono::nanoseconds taken(static_cast<std::int64_t>(latency_ms(random) * 1e6));
        documents.push_back({id, taken, static_cast<std::size_t>(std::ceil(size(random)))});
    }
    if (spec.failing > 0.0 || spec.permanent > 0.0) add_failures(documents, spec, seed);
    if (spec.median_rate > 0) add_rates(documents, spec, seed);
    return documents;
}

std::vector<document> read_documents(const std::filesystem::path& path) {
    std::ifstream file(path);
    if (!file) throw misuse("trace '" + path.string() + "' cannot be read");
    std::vector<document> documents;
    std::size_t number = 0;
    for (std::string line; std::getline(file, line);) {
        ++number;
        const std::string text = line.substr(0, line.find('#'));
        if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
        document d{documents.size(), {}, 0};
        if (!read_document(text, d))
            throw misuse("trace '" + path.string() + "', line " + std::to_string(number) + ": '" + line +
                         "' is no document; valid: " + std::string(trace_line) +
                         ", a latency and a transfer of a day at most");
        documents.push_back(d);
    }
    if (documents.empty()) throw misuse("trace '" + path.string() + "' has no document");
    return documents;
}

std::uint64_t digest(const document& d) {
    return serial_chain(d.id, d.bytes / sizeof(std::uint64_t) + 1);
}

}  // namespace handoff
