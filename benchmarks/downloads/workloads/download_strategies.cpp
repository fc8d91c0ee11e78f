// How to download many documents: one list, every strategy, on a simulated network or over HTTP.
#include <charconv>
#include <list>
#include <string>
#include <system_error>

#include "download_strategy_role.hpp"
#include "downloads/catalog.hpp"
#include "downloads/http/transport.hpp"
#include "downloads/redis/url.hpp"
#include "downloads/strategies/redis_workers.hpp"
#include "downloads/strategies/strategies.hpp"
#include "harness/machine/errors.hpp"
#include "workloads/cases/case_main.hpp"
#include "workloads/cases/queue_cases.hpp"

namespace handoff {
namespace {

struct setup {
    std::size_t items;
    distribution latency;
    unsigned ms;  // the median
    std::vector<unsigned> in_flight;
    unsigned failing_percent = 0;       // of the attempts; a tenth of that of the documents can never be had
    unsigned megabytes_per_second = 0;  // of the link that all share
    distribution rate = distribution::log_normal;
    unsigned kilobytes_per_second = 0;  // the median of the documents' own rates
    time_kind time = time_kind::real;
    bool every_queue = false;  // a pool over each of the catalog's queues, not only over one
    bool http = false;         // from a real server on loopback
};

const std::vector<setup>& setups() {
    using enum distribution;
    static const std::vector<setup> all = {
        // Short, for quick campaigns.
        {.items = 64, .latency = log_normal, .ms = 4, .in_flight = {8}, .every_queue = true},
        // The source's sizes: 11 pages, 500 documents of which at most 4 are under way.
        {.items = 11, .latency = log_normal, .ms = 50, .in_flight = {4}},
        {.items = 500, .latency = log_normal, .ms = 50, .in_flight = {4, 8, 16, 32, 64}},
        // How many under way are enough, shortly.
        {.items = 200, .latency = log_normal, .ms = 4, .in_flight = {2, 4, 8, 16, 32}},
        // Nothing to wait for: what organising it costs, and handing a document over a queue.
        {.items = 10'000, .latency = constant, .ms = 0, .in_flight = {1}, .every_queue = true},
        // What makes an ordered window lose, and what does not.
        {.items = 500, .latency = heavy_tail, .ms = 4, .in_flight = {8}},
        {.items = 500, .latency = constant, .ms = 4, .in_flight = {8}},
        {.items = 500, .latency = log_normal, .ms = 4, .in_flight = {8}, .failing_percent = 10},
        {.items = 500, .latency = log_normal, .ms = 4, .in_flight = {8, 32}, .megabytes_per_second = 10},
        // Hardly longer than a thread's wake-up.
        {.items = 500, .latency = log_normal, .ms = 1, .in_flight = {1, 8, 32}},
        // So many that what is under way at the end hardly counts.
        {.items = 25'600, .latency = log_normal, .ms = 50, .in_flight = {256}},
        // Over HTTP what is above on the simulated network; scripts/http_agreement.py compares them.
        {.items = 500, .latency = constant, .ms = 5, .in_flight = {8}},
        {.items = 500, .latency = constant, .ms = 20, .in_flight = {8}},
        {.items = 500, .latency = log_normal, .ms = 20, .in_flight = {8}, .failing_percent = 10},
        {.items = 500, .latency = log_normal, .ms = 20, .in_flight = {8}, .megabytes_per_second = 10},
        {.items = 500, .latency = constant, .ms = 5, .in_flight = {8}, .http = true},
        {.items = 500, .latency = constant, .ms = 20, .in_flight = {8}, .http = true},
        {.items = 500, .latency = log_normal, .ms = 50, .in_flight = {8, 64}, .http = true},
        {.items = 500, .latency = log_normal, .ms = 4, .in_flight = {8}, .failing_percent = 10, .http = true},
        {.items = 500,
         .latency = log_normal,
         .ms = 4,
         .in_flight = {8},
         .megabytes_per_second = 10,
         .http = true},
        {.items = 500,
         .latency = log_normal,
         .ms = 20,
         .in_flight = {8},
         .failing_percent = 10,
         .http = true},
        {.items = 500,
         .latency = log_normal,
         .ms = 20,
         .in_flight = {8},
         .megabytes_per_second = 10,
         .http = true},
        {.items = 25'600, .latency = log_normal, .ms = 50, .in_flight = {256}, .http = true},
        // Each document at a rate of its own, at which a median one takes 16 ms. On both networks, in both
        // times, and with some that are very slow.
        {.items = 500, .latency = log_normal, .ms = 20, .in_flight = {8}, .kilobytes_per_second = 500},
        {.items = 500,
         .latency = log_normal,
         .ms = 20,
         .in_flight = {8},
         .kilobytes_per_second = 500,
         .http = true},
        {.items = 500,
         .latency = log_normal,
         .ms = 20,
         .in_flight = {8},
         .kilobytes_per_second = 500,
         .time = time_kind::simulated},
        {.items = 500,
         .latency = log_normal,
         .ms = 20,
         .in_flight = {8},
         .rate = heavy_tail,
         .kilobytes_per_second = 500},
        // For the picture of who waits for whom (scripts/handoff/campaign/jobs.py).
        {.items = 24, .latency = log_normal, .ms = 50, .in_flight = {4}, .time = time_kind::simulated},
        // Minutes and hours, in virtual time; the first of them as above in real time.
        {.items = 500,
         .latency = log_normal,
         .ms = 50,
         .in_flight = {4, 8, 64},
         .time = time_kind::simulated},
        {.items = 100'000,
         .latency = heavy_tail,
         .ms = 2000,
         .in_flight = {256},
         .time = time_kind::simulated},
    };
    return all;
}

// What a case may take of real time, and how many threads.
constexpr double most_seconds = 10.0;
constexpr std::size_t most_threads = 1000;

struct contender {
    strategy how;
    bool only_where_all_are = false;
    cardinality workers = cardinality::many;
};

// A pool over each queue, ended in each way that the queue allows. Those of the sweeps are over the first
// that is bounded.
void add_pools(std::vector<contender>& all) {
    static std::list<std::string> names;
    bool first = true;
    for (const download_entry* entry : download_entries()) {
        const queue_spec& spec = *entry->queue->spec;
        const bool stops = ends_by_stop_items(spec);
        const bool sweeps =
            first && stops && spec.bound == boundedness::bounded && spec.consumers == cardinality::many;
        first = first && !sweeps;
        const bool prompt = spec.delivery == order::fifo || spec.delivery == order::per_producer_fifo;
        const auto add = [&](const std::string& kind, void (*run)(download_run&), bool few, bool in_time) {
            if (run == nullptr) return;
            names.push_back(kind + std::string(spec.name));
            all.push_back(
                {{.spec = {.name = names.back(), .prompt = in_time}, .run = run}, few, spec.consumers});
        };
        add("pool_", stops ? entry->pool : nullptr, !sweeps, prompt);
        add("closed_pool_", entry->closed_pool, true, prompt);
        add("counted_pool_", entry->counted_pool, true, prompt);
        // Over one queue. What it leaves behind is fetched one by one, so not as soon as it may be.
        if (sweeps) add("flagged_pool_", entry->flagged_pool, true, false);
    }
}

std::vector<contender> contenders() {
    std::vector<contender> all;
    for (const strategy* one : strategies()) all.push_back({*one});
    add_pools(all);
    return all;
}

// Of a strategy that is not told how many, one number.
std::vector<unsigned> in_flight_of(const strategy_spec& spec, const setup& s) {
    if (spec.limit != flight::as_told) return {limit_of(spec, 0, s.items)};
    return s.in_flight;
}

bool goes_over(const strategy_spec& spec, bool http) {
    return spec.fetches == fetching::in_threads || (spec.fetches == fetching::in_a_loop) == http;
}

bool has_its_workers(const strategy_spec& spec, unsigned in_flight, unsigned elsewhere) {
    if (elsewhere == 0 || spec.workers_elsewhere == strangers::unknown) return true;
    return spec.workers_elsewhere == strangers::welcome && elsewhere <= in_flight;
}

// Of a document with the median of everything.
double median_ms(const setup& s) {
    const double bytes_per_ms = s.kilobytes_per_second;
    return s.ms + (bytes_per_ms > 0.0 ? median_bytes / bytes_per_ms : 0.0);
}

bool applies(const contender& one, const setup& s, unsigned in_flight, unsigned elsewhere) {
    if (!has_its_workers(one.how.spec, in_flight, elsewhere)) return false;
    if (!goes_over(one.how.spec, s.http)) return false;
    if (one.only_where_all_are && !s.every_queue) return false;
    if (!allows(one.workers, in_flight)) return false;
    if (one.how.spec.threads == thread_use::one_each && in_flight > most_threads) return false;
    if (s.megabytes_per_second > 0 && !one.how.spec.shares_link) return false;
    if (s.time == time_kind::simulated) return one.how.spec.prompt;
    return static_cast<double>(s.items) * median_ms(s) / in_flight < most_seconds * 1000.0;
}

struct options {
    std::string trace;
    std::string stamps;
    redis_options redis{};
    std::string workers_elsewhere{"0"};
};

transport_maker over_http(double redirected) {
    http_setup setup;
    setup.accidents.redirected = redirected;
    return http_downloads(setup);
}

// Where the case says no transport, it is simulated. In a list with failures a tenth of the documents have
// moved; one without has nothing that the simulated network has not.
void take_transport(download_strategy_plan& plan, case_name& name, bool http) {
    static const transport_maker direct = over_http(0.0);
    static const transport_maker redirected = over_http(0.1);
    if (!http) return;
    plan.transport = plan.list.failing > 0.0 ? &redirected : &direct;
    name.with("transport", "http");
}

list_spec list_of(const setup& s) {
    return {.items = s.items,
            .latency = s.latency,
            .median = std::chrono::milliseconds(s.ms),
            .failing = s.failing_percent / 100.0,
            .permanent = s.failing_percent / 1000.0,
            .rate = s.rate,
            .median_rate = std::uint64_t{1000} * s.kilobytes_per_second};
}

// Of the link, 10MB, or of the documents' own ways, log_normal_500kB.
std::string bandwidth_of(const setup& s) {
    if (s.kilobytes_per_second > 0)
        return std::string(name_of(s.rate)) + "_" + std::to_string(s.kilobytes_per_second) + "kB";
    return s.megabytes_per_second > 0 ? std::to_string(s.megabytes_per_second) + "MB" : "unlimited";
}

benchmark_case case_of(const contender& one, const setup& s, unsigned in_flight, const options& given) {
    // Field by field: g++ 12 takes the clean-up of a half made aggregate for a use of its strings.
    download_strategy_plan plan;
    plan.how = one.how;
    plan.stamps = given.stamps;
    plan.in_flight = in_flight;
    plan.time = s.time;
    plan.list = list_of(s);
    plan.network.bytes_per_second = 1e6 * s.megabytes_per_second;
    case_name name("download_strategies", one.how.spec.name);
    name.with("n", in_flight)
        .with("items", s.items)
        .with("latency", name_of(s.latency))
        .with("ms", s.ms)
        .with("failures", std::to_string(s.failing_percent) + "%")
        .with("bandwidth", bandwidth_of(s))
        .with("time", name_of(s.time));
    take_transport(plan, name, s.http);
    return planned(name.text(), run_download_strategy, plan);
}

benchmark_case trace_case(const contender& one, std::size_t items, unsigned in_flight, bool http,
                          const options& given) {
    download_strategy_plan plan;
    plan.how = one.how;
    plan.trace = given.trace;
    plan.stamps = given.stamps;
    plan.in_flight = in_flight;
    case_name name("download_strategies", one.how.spec.name);
    name.with("n", in_flight).with("items", items).with("latency", "trace").with("time", name_of(plan.time));
    take_transport(plan, name, http);
    return planned(name.text(), run_download_strategy, plan);
}

// The user's own list, at some numbers under way.
std::vector<benchmark_case> trace_cases(const options& given, unsigned elsewhere) {
    const std::size_t items = read_documents(given.trace).size();
    const setup like{.items = items, .latency = {}, .ms = 0, .in_flight = {4, 8, 32, 128}};
    std::vector<benchmark_case> all;
    for (const contender& one : contenders())
        for (const unsigned n : in_flight_of(one.how.spec, like))
            for (const bool http : {false, true}) {
                if (one.only_where_all_are || n > most_threads || !goes_over(one.how.spec, http)) continue;
                if (!has_its_workers(one.how.spec, n, elsewhere)) continue;
                all.push_back(trace_case(one, items, n, http, given));
            }
    return all;
}

// Which server, and how many workers are not ours to start; returns these.
unsigned choose_redis(redis_options redis, const std::string& elsewhere) {
    if (!redis.url.empty()) redis_url::parse(redis.url);
    const char* const end = elsewhere.data() + elsewhere.size();
    const auto [stopped, error] = std::from_chars(elsewhere.data(), end, redis.elsewhere);
    if (error != std::errc{} || stopped != end)
        throw misuse("--workers_elsewhere '" + elsewhere + "' is no number of workers");
    if (redis.elsewhere > 0 && redis.url.empty())
        throw misuse("--workers_elsewhere needs --redis URL: a server of our own is out of reach for others");
    use_redis(redis);
    return redis.elsewhere;
}

std::vector<benchmark_case> cases(const options& given) {
    const unsigned elsewhere = choose_redis(given.redis, given.workers_elsewhere);
    if (!given.trace.empty()) return trace_cases(given, elsewhere);
    std::vector<benchmark_case> all;
    const std::vector<contender> able = contenders();
    for (const setup& s : setups())
        for (const contender& one : able)
            for (const unsigned n : in_flight_of(one.how.spec, s))
                if (applies(one, s, n, elsewhere)) all.push_back(case_of(one, s, n, given));
    return all;
}

}  // namespace
}  // namespace handoff

int main(int argc, char** argv) {
    handoff::options given;
    return handoff::case_main(
        argc, argv, {"makespan_s", "efficiency", "items_per_second", "first_result_s", "idle_s"},
        [&given] { return handoff::cases(given); },
        {{"--trace", "the list, from a file: a line for each document, " + std::string(handoff::trace_line),
          &given.trace},
         {"--stamps", "write here when each document of the last case was asked for, had come, was handed in",
          &given.stamps},
         {"--redis", "the server of redis_workers: redis://HOST:PORT or unix:///PATH; none: one of its own",
          &given.redis.url},
         {"--queue", "which of its queues (downloads): runs at the same time need different ones",
          &given.redis.queue},
         {"--workers_elsewhere",
          "how many of the n workers of redis_workers are started by hand, on any host (download_worker)",
          &given.workers_elsewhere}});
}
