// What is to be downloaded: a seeded list of documents, how long each takes and what goes wrong on the way.
// The same list for every strategy. It knows nothing of queues, threads or clocks.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

namespace handoff {

struct document {
    std::uint64_t id;
    std::chrono::nanoseconds latency;  // of one attempt: from the request to the answer
    std::size_t bytes;
    unsigned failures = 0;   // attempts that fail before one succeeds
    bool permanent = false;  // the answer to the first attempt is that there will never be one
    // Of its own way, beside the link that all downloads share; 0: no limit.
    std::uint64_t bytes_per_second = 0;
};

// Of latencies, and of the time that a byte takes on a document's own way.
//   constant    every document takes the median
//   log_normal  sigma 0.5: web objects are roughly so (Downey, "Evidence for long-tailed distributions in the
//               internet", IMW 2001)
//   heavy_tail  Pareto with alpha 1.5, so that the variance is infinite; transfer times have 1.0 to 1.5
//               (Crovella and Bestavros, "Self-similarity in World Wide Web traffic", ToN 5(6), 1997). Cut
//               off at 100 medians: a client's timeout
enum class distribution { constant, log_normal, heavy_tail };

inline constexpr std::array<std::string_view, 3> distribution_names = {"constant", "log_normal",
                                                                       "heavy_tail"};

constexpr std::string_view name_of(distribution kind) {
    return distribution_names[static_cast<std::size_t>(kind)];
}

struct list_spec {
    std::size_t items = 64;
    distribution latency = distribution::log_normal;
    std::chrono::nanoseconds median = std::chrono::milliseconds(4);
    double failing = 0.0;    // chance that an attempt fails and is worth another one
    double permanent = 0.0;  // chance that a document can never be had
    distribution rate = distribution::log_normal;
    std::uint64_t median_rate = 0;  // bytes per second of a document's own way; 0: no limit
};

inline constexpr double median_bytes = 8 * 1024;

// The same seed gives the same list. Sizes are log-normal with that median and sigma 1 (Downey, as
// above; the scale is ours, small enough for a quick campaign).
std::vector<document> make_documents(const list_spec& spec, std::uint64_t seed);

// A line of a trace: FAILURES are the attempts that fail, and 0 bytes per second are no limit.
inline constexpr std::string_view trace_line = "LATENCY_MS BYTES [FAILURES or permanent [BYTES_PER_SECOND]]";

// The list that a file describes: a trace_line for each document. What follows a # is a comment. Throws
// misuse.
std::vector<document> read_documents(const std::filesystem::path& path);

// Stands for the work that a document makes when it has arrived, and shows that it has: a step of arithmetic
// for each of its words.
std::uint64_t digest(const document& d);

}  // namespace handoff
