#include "verdict.hpp"

#include <algorithm>
#include <cstddef>

namespace handoff {
namespace {

double seconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

std::string of(const std::vector<document>& documents) {
    return " of " + std::to_string(documents.size()) + " documents";
}

// The first result that is not what the list says.
std::string check_ends(const std::vector<document>& documents, const network_spec& network,
                       const std::vector<fetched>& results) {
    for (const fetched& r : results) {
        const document& d = documents[r.index];
        const fetch_end end = expected_end(d, network.retries);
        if (r.end != end || r.digest != (end.status == fetch_status::arrived ? digest(d) : 0))
            return "unverified: document " + std::to_string(r.index) + " came to another end than its own";
    }
    return {};
}

std::string check_count(const std::vector<document>& documents, const std::vector<fetched>& results) {
    std::vector<unsigned> times(documents.size());
    for (const fetched& r : results) ++times[r.index];
    const auto lost = std::ranges::count(times, 0U);
    const auto repeated = std::ranges::count_if(times, [](unsigned n) { return n > 1; });
    if (lost > 0) return "unverified: " + std::to_string(lost) + of(documents) + " were lost";
    if (repeated > 0) return "unverified: " + std::to_string(repeated) + of(documents) + " came twice";
    return {};
}

// One of the values: the share of the others lies below it or equals it.
double percentile_ns(std::vector<job_time>& times, double share) {
    const auto place = static_cast<std::ptrdiff_t>(share * static_cast<double>(times.size() - 1));
    std::ranges::nth_element(times, times.begin() + place);
    return static_cast<double>(times[static_cast<std::size_t>(place)].count());
}

struct totals {
    std::size_t bytes = 0;  // that arrived
    std::uint64_t retries = 0;
    std::uint64_t failed = 0;
    job_time under_way{0};
    job_time first{job_time::max()};
    std::vector<job_time> taken;  // from the request to the result
};

totals sum_up(const std::vector<document>& documents, const download_run& run) {
    totals all;
    for (const fetched& r : run.results()) {
        const fetch_stamps& stamps = run.stamps()[r.index];
        if (r.end.status == fetch_status::arrived) {
            all.bytes += documents[r.index].bytes;
        } else {
            ++all.failed;
        }
        all.retries += r.end.attempts - 1;
        all.under_way += stamps.ended - stamps.started;
        all.first = std::min(all.first, stamps.delivered);
        all.taken.push_back(stamps.delivered - stamps.started);
    }
    return all;
}

// What changes at a time: documents under way, and documents that were started and not handed in.
struct change {
    job_time time;
    int under_way;
    int ahead;
};

// In order of time. After the last start a free place is no loss.
std::vector<change> changes_until_the_last_start(const std::vector<fetch_stamps>& stamps) {
    std::vector<change> all;
    all.reserve(3 * stamps.size());
    job_time last_start{0};
    for (const fetch_stamps& s : stamps) {
        all.push_back({s.started, 1, 1});
        all.push_back({s.ended, -1, 0});
        all.push_back({s.delivered, 0, -1});
        last_start = std::max(last_start, s.started);
    }
    std::erase_if(all, [&](const change& one) { return one.time > last_start; });
    std::ranges::stable_sort(all, {}, &change::time);
    return all;
}

// The seconds that places were free because an ordered window waited for its head. Without a second place
// nothing can wait behind the head.
double lost_seconds(const download_run& run) {
    const strategy_spec& spec = run.spec();
    if (!spec.in_order || spec.ahead == 0 || run.in_flight() == 1) return 0.0;
    return blocked_seconds(run.stamps(), run.in_flight(), std::size_t{spec.ahead} * run.in_flight());
}

}  // namespace

std::string check_download(const std::vector<document>& documents, const network_spec& network,
                           const strategy_spec& spec, const download_run& run) {
    if (!run.first_error().empty()) return run.first_error();
    for (const auto& check :
         {check_count(documents, run.results()), check_ends(documents, network, run.results())})
        if (!check.empty()) return check;
    if (spec.in_order && !std::ranges::is_sorted(run.results(), {}, &fetched::index))
        return "unverified: results came out of order, which '" + std::string(spec.name) + "' promises";
    if (run.most_in_flight() > run.in_flight())
        return "unverified: " + std::to_string(run.most_in_flight()) + of(documents) +
               " were under way at once; at most " + std::to_string(run.in_flight()) + " may be";
    return {};
}

double download_bound::seconds() const {
    return std::max({latency_s, cpu_s, bandwidth_s});
}

download_bound bound_of(const std::vector<document>& documents, const network_spec& network,
                        unsigned in_flight, double work_s, double cores) {
    std::chrono::nanoseconds all{0};
    std::chrono::nanoseconds longest{0};
    double bytes = 0.0;
    for (const document& d : documents) {
        const std::chrono::nanoseconds one = time_under_way(network, d);
        all += one;
        longest = std::max(longest, one);
        const bool arrives = expected_end(d, network.retries).status == fetch_status::arrived;
        bytes += arrives ? static_cast<double>(d.bytes) : 0.0;
    }
    const double bandwidth_s = network.bytes_per_second > 0.0 ? bytes / network.bytes_per_second : 0.0;
    const double one_by_one = seconds(all) + work_s;
    const double alone = std::max({seconds(longest), work_s / cores, bandwidth_s});
    return {std::max(one_by_one / in_flight, seconds(longest)), work_s / cores, bandwidth_s,
            one_by_one / alone, one_by_one / static_cast<double>(documents.size())};
}

double idle_seconds(const std::vector<fetch_stamps>& stamps, unsigned in_flight) {
    return blocked_seconds(stamps, in_flight, 0);
}

double blocked_seconds(const std::vector<fetch_stamps>& stamps, unsigned in_flight, std::size_t most_ahead) {
    double blocked = 0.0;
    job_time before{0};
    int under_way = 0;
    int ahead = 0;
    for (const change& one : changes_until_the_last_start(stamps)) {
        if (ahead >= static_cast<int>(most_ahead))
            blocked += seconds(one.time - before) * (static_cast<int>(in_flight) - under_way);
        before = one.time;
        under_way += one.under_way;
        ahead += one.ahead;
    }
    return blocked;
}

void add_download_figures(figures& values, const std::vector<document>& documents, const download_run& run,
                          const download_bound& bound, double makespan_s) {
    totals all = sum_up(documents, run);
    if (all.taken.empty()) return;
    const auto items = static_cast<double>(all.taken.size());
    const auto bytes = static_cast<double>(all.bytes);
    const double under_way = seconds(all.under_way);
    const double lost = lost_seconds(run) / (under_way / items);
    const figures more = {{"items", items},
                          {"bytes", bytes},
                          {"makespan_s", makespan_s},
                          {"bound_s", bound.seconds()},
                          {"bound_latency_s", bound.latency_s},
                          {"bound_cpu_s", bound.cpu_s},
                          {"bound_bandwidth_s", bound.bandwidth_s},
                          {"enough_n", bound.enough},
                          {"document_s", bound.document_s},
                          {"efficiency", bound.seconds() / makespan_s},
                          {"items_per_second", items / makespan_s},
                          {"bytes_per_second", bytes / makespan_s},
                          {"first_result_s", seconds(all.first)},
                          {"p50_ns", percentile_ns(all.taken, 0.50)},
                          {"p99_ns", percentile_ns(all.taken, 0.99)},
                          {"max_ns", percentile_ns(all.taken, 1.0)},
                          {"active_s", under_way},
                          {"waiting_s", std::max(0.0, run.in_flight() * makespan_s - under_way)},
                          {"idle_s", idle_seconds(run.stamps(), run.in_flight())},
                          {"lost_items_per_second", lost / makespan_s},
                          {"retries", static_cast<double>(all.retries)},
                          {"failed", static_cast<double>(all.failed)},
                          {"left_behind", static_cast<double>(run.left_behind())}};
    values.insert(values.end(), more.begin(), more.end());
}

}  // namespace handoff
