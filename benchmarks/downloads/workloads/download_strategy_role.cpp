#include "download_strategy_role.hpp"

#include <algorithm>

#include "downloads/job/stamps.hpp"
#include "downloads/job/verdict.hpp"
#include "harness/machine/cpu_quota.hpp"
#include "harness/machine/usage.hpp"

namespace handoff {
namespace {

// What the documents' work takes by itself: part of the bound. The shortest of three, as a bound has to be.
double seconds_of_work(const std::vector<document>& documents) {
    ticks shortest = ~ticks{0};
    for (int i = 0; i < 3; ++i) {
        const ticks start = harness_clock::now();
        for (const document& d : documents) digest(d);
        shortest = std::min(shortest, harness_clock::now() - start);
    }
    return harness_clock::seconds(shortest);
}

// How many CPUs can be at work at once.
double cores() {
    return std::min(static_cast<double>(topology::detect().cpus().size()), cpu_quota());
}

void add_usage(figures& values, const usage& used, double window_s) {
    const figures more = {{"window_s", window_s},
                          {"verified", 1.0},
                          {"cpu_s", used.cpu_seconds},
                          {"voluntary_switches", static_cast<double>(used.voluntary_switches)},
                          {"involuntary_switches", static_cast<double>(used.involuntary_switches)},
                          {"peak_resident_bytes", peak_resident_bytes()}};
    values.insert(values.end(), more.begin(), more.end());
}

outcome measure(const download_strategy_plan& plan, const network_spec& spec,
                const std::vector<document>& documents, const download_bound& bound) {
    simulated_network network(spec);
    const std::unique_ptr<download_transport> transport =
        plan.transport == nullptr ? nullptr : (*plan.transport)(documents, spec);
    const std::unique_ptr<strategy_session> session =
        plan.how.prepare ? plan.how.prepare(documents, spec, plan.in_flight) : nullptr;
    const usage before = usage::of_this_process();
    const ticks start = harness_clock::now();
    download_run run(documents, network, plan.how.spec, plan.in_flight, plan.time, transport.get());
    session ? session->run(run) : plan.how.run(run);
    const job_time makespan = run.now();
    const double window_s = harness_clock::seconds(harness_clock::now() - start);
    const std::string left_wrong = session ? session->end() : std::string();
    const usage used = usage::of_this_process() - before;
    if (!plan.stamps.empty()) write_stamps(plan.stamps, run.stamps());
    outcome result;
    // What went wrong on the way first: it is why a document came to another end.
    if (transport) result.error = transport->check();
    if (result.error.empty()) result.error = check_download(documents, spec, plan.how.spec, run);
    if (result.error.empty()) result.error = left_wrong;
    add_usage(result.values, used, window_s);
    result.values.emplace_back("peak_threads", run.peak_threads());
    add_download_figures(result.values, documents, run, bound,
                         std::chrono::duration<double>(makespan).count());
    if (transport) transport->add_figures(result.values);
    return result;
}

}  // namespace

outcome run_download_strategy(const download_strategy_plan& plan) {
    const std::vector<document> documents =
        plan.trace.empty() ? make_documents(plan.list, plan.settings.seed) : read_documents(plan.trace);
    network_spec network = plan.network;
    network.seed = plan.settings.seed;
    // In virtual time work takes none.
    const double work_s = plan.time == time_kind::real ? seconds_of_work(documents) : 0.0;
    const download_bound bound = bound_of(documents, network, plan.in_flight, work_s, cores());
    run_settings settings = plan.settings;
    settings.placement = "none";
    const unsigned threads = plan.how.spec.threads == thread_use::one ? 1 : plan.in_flight;
    return take_job_sample(settings, threads,
                           [&](const std::vector<int>&) { return measure(plan, network, documents, bound); });
}

}  // namespace handoff
