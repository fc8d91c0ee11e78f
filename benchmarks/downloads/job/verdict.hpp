// What is said of a finished download job: whether every document was handed in once and as it should be,
// what the fastest possible job would have taken, and how the time was spent.
#pragma once

#include <string>
#include <vector>

#include "harness/sample.hpp"
#include "run.hpp"

namespace handoff {

// Empty if each document was handed in once, with the end that the list has for it, in order where that was
// promised, and never too many were under way; else one line with what is wrong.
std::string check_download(const std::vector<document>& documents, const network_spec& network,
                           const strategy_spec& spec, const download_run& run);

// The lower bounds of a job's makespan; N documents of L seconds each and c seconds of work.
struct download_bound {
    double latency_s;    // N (L + c) / n, or the longest document alone
    double cpu_s;        // N c / cores
    double bandwidth_s;  // bytes / bandwidth
    double enough;       // documents under way; with more of them another bound is higher than the first
    double document_s;   // L + c
    double seconds() const;
};

// `work_s` is what digesting all documents takes.
download_bound bound_of(const std::vector<document>& documents, const network_spec& network,
                        unsigned in_flight, double work_s, double cores);

// Seconds during which places were free although documents were left to start, summed over the places.
double idle_seconds(const std::vector<fetch_stamps>& stamps, unsigned in_flight);

// Of these, the seconds during which nothing was started because so many documents had been since the first
// that was not handed in: the ordered window's head-of-line blocking.
double blocked_seconds(const std::vector<fetch_stamps>& stamps, unsigned in_flight, std::size_t most_ahead);

// All figures that follow from the stamps and results.
void add_download_figures(figures& values, const std::vector<document>& documents, const download_run& run,
                          const download_bound& bound, double makespan_s);

}  // namespace handoff
