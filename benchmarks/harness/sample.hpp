// The sample protocol, the same for every workload: place, yardstick, canary, window (ramp, measure, drain),
// clock check, canary, yardstick. It names no implementation and no workload.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "harness/machine/topology.hpp"
#include "window.hpp"

namespace handoff {

// What the command line says about how to measure.
struct run_settings {
    std::string placement = "compact";
    std::chrono::milliseconds ramp{10};
    std::chrono::milliseconds window{50};
    double tsc_hz = 0.0;  // 0: calibrate
    std::uint64_t seed = 1;
};

using figures = std::vector<std::pair<std::string, double>>;

// What a run gave: figures by the names of docs/samples.md, the CPUs used, and, if it failed, why.
struct outcome {
    figures values;
    std::vector<int> cpus;
    std::string error;
};

struct sample_request {
    const run_settings& settings;
    unsigned threads;
    unsigned feeding;  // how many of them put items in
    // Runs on each thread: counts through a meter on the window until draining has begun, then drains.
    std::function<void(unsigned, window&, thread_record&)> body;
    std::function<void()> wake_all;  // wakes all that sleep in the harness's waiting
};

struct sample {
    std::vector<thread_record> records;
    double window_s = 0.0;
    bool oversubscribed = false;
    outcome result;  // the figures common to all workloads

    std::uint64_t operations(std::size_t first, std::size_t count) const;
};

// What threads may use.
struct cpu_grant {
    std::size_t cpus;  // that they may run on
    double quota;      // CPUs' worth of time that they may spend there
};

// Whether that is more threads than can run all the time.
bool is_oversubscribed(unsigned threads, const cpu_grant& granted);
// The same of threads that are placed so, with what is granted here: two of them on one CPU of many are too
// many.
bool is_oversubscribed(const std::vector<int>& placement);
bool is_oversubscribed(const run_settings& settings, unsigned threads);

sample take_sample(const sample_request& request);

// A job that runs to its end rather than through a window: `job` is called with the placement between two
// yardsticks and returns its figures and its error, if any; the common figures are added.
outcome take_job_sample(const run_settings& settings, unsigned threads,
                        const std::function<outcome(const std::vector<int>&)>& job);

// How evenly the threads did: the smallest and largest number of operations over their mean, as
// `prefix`_share_min and _max, and Jain's index (Jain, Chiu and Hawe 1984) as `prefix`_jain: 1 where all did
// as many, 1/n where one of n did all.
void add_shares(figures& values, const std::string& prefix, const sample& s, std::size_t first,
                std::size_t count);

}  // namespace handoff
