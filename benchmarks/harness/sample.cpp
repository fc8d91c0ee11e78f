#include "sample.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <mutex>
#include <set>
#include <thread>

#include "canary.hpp"
#include "harness/machine/clock.hpp"
#include "harness/machine/cpu_quota.hpp"
#include "harness/machine/errors.hpp"
#include "harness/machine/team.hpp"
#include "yardstick.hpp"

namespace handoff {
namespace {

// A drain takes milliseconds. After this time the threads are told to give up, which faulty queues need (an
// item that was lost is waited for in vain); after twice the time a thread sits inside an implementation,
// and only the process's end can stop it.
constexpr std::chrono::seconds drain_limit{3};

const topology& this_machine() {
    static const topology machine = topology::detect();
    return machine;
}

// Brackets a measurement: yardstick, canary, steal and clock before and after it.
class bracket {
public:
    explicit bracket(const std::vector<int>& placement)
        : placement_(placement), pairs_(cpu_pairs(this_machine(), placement)) {
        // Threads that are not pinned are measured where pinning is forbidden, too, but without a yardstick.
        const bool pinned = std::ranges::any_of(placement, [](int cpu) { return cpu != not_pinned; });
        if (!pinned && !pairs_.empty() && !can_pin_to(pairs_.front().first)) pairs_.clear();
        before_ = yardstick(pairs_);
        canary_before_ = canary_ns(placement_);
        stolen_ = stolen_seconds();
    }

    void close(outcome& result) {
        const double clock_error = check_.error();
        result.values.emplace_back("steal_s", stolen_seconds() - stolen_);
        result.values.emplace_back("clock_error", clock_error);
        if (std::abs(clock_error) > clock_tolerance && result.error.empty())
            result.error = "voided: the harness clock ran " + std::to_string(clock_error * 100.0) +
                           "% off wall time; at most 0.1% is allowed";
        result.values.emplace_back("canary_before_ns", canary_before_);
        result.values.emplace_back("canary_after_ns", canary_ns(placement_));
        if (const std::optional<round_trips> after = yardstick(pairs_); before_ && after)
            std::ranges::copy(yardstick_figures(*before_, *after), std::back_inserter(result.values));
    }

private:
    std::vector<int> placement_;
    std::vector<std::pair<int, int>> pairs_;
    std::optional<round_trips> before_;
    double canary_before_ = 0.0;
    double stolen_ = 0.0;
    clock_check check_;
};

// Lets the controller wait for the team's end with a limit.
class finish_line {
public:
    explicit finish_line(unsigned threads) : running_(threads) {}
    void arrive() {
        const std::scoped_lock lock(mutex_);
        --running_;
        done_.notify_all();
    }
    bool wait(std::chrono::seconds limit) {
        std::unique_lock lock(mutex_);
        return done_.wait_for(lock, limit, [this] { return running_ == 0; });
    }

private:
    std::mutex mutex_;
    std::condition_variable done_;
    unsigned running_;
};

// Arrives when the thread leaves its body, in whatever way.
class arrival {
public:
    explicit arrival(finish_line& line) : line_(line) {}
    ~arrival() { line_.arrive(); }
    arrival(const arrival&) = delete;
    arrival& operator=(const arrival&) = delete;

private:
    finish_line& line_;
};

// Drives the phases from the calling thread and returns the window's length in seconds.
double drive(const sample_request& request, window& w, finish_line& finish) {
    std::this_thread::sleep_for(request.settings.ramp);
    const ticks opened = harness_clock::now();
    w.enter(phase::measure);
    std::this_thread::sleep_for(request.settings.window);
    w.enter(phase::drain);
    const double seconds = harness_clock::seconds(harness_clock::now() - opened);
    request.wake_all();
    if (finish.wait(drain_limit)) return seconds;
    w.enter(phase::abandoned);
    request.wake_all();
    if (finish.wait(drain_limit)) return seconds;
    std::fprintf(stderr,
                 "unverified: a thread never came back from the implementation; the run was abandoned\n");
    std::_Exit(exit_failed);
}

void add_common(sample& s, const sample_request& request) {
    usage used;
    std::uint64_t failed = 0;
    ticks waiting = 0;
    ticks elapsed = 0;
    for (const thread_record& r : s.records) {
        used += r.used;
        failed += r.done.failed_attempts;
        waiting += r.done.waiting;
        elapsed += r.elapsed;
    }
    // Sampled waits may add up to a little more than there was.
    waiting = std::min(waiting, elapsed);
    s.result.values = {{"window_s", s.window_s},
                       {"team", request.threads},
                       {"oversubscribed", s.oversubscribed ? 1.0 : 0.0},
                       {"cpu_s", used.cpu_seconds},
                       {"voluntary_switches", static_cast<double>(used.voluntary_switches)},
                       {"involuntary_switches", static_cast<double>(used.involuntary_switches)},
                       {"migrations", static_cast<double>(used.migrations)},
                       {"failed_attempts", static_cast<double>(failed)},
                       {"active_s", harness_clock::seconds(elapsed - waiting)},
                       {"waiting_s", harness_clock::seconds(waiting)}};
}

}  // namespace

std::uint64_t sample::operations(std::size_t first, std::size_t count) const {
    std::uint64_t sum = 0;
    for (std::size_t i = first; i < first + count; ++i) sum += records[i].done.operations;
    return sum;
}

bool is_oversubscribed(unsigned threads, const cpu_grant& granted) {
    return threads > granted.cpus || threads > granted.quota;
}

bool is_oversubscribed(const std::vector<int>& placement) {
    static const cpu_grant here{.cpus = this_machine().cpus().size(), .quota = cpu_quota()};
    std::set<int> own(placement.begin(), placement.end());
    const bool anywhere = own.contains(not_pinned);
    const cpu_grant granted{.cpus = anywhere ? here.cpus : own.size(), .quota = here.quota};
    return is_oversubscribed(static_cast<unsigned>(placement.size()), granted);
}

bool is_oversubscribed(const run_settings& settings, unsigned threads) {
    return is_oversubscribed(this_machine().place(settings.placement, threads));
}

sample take_sample(const sample_request& request) {
    sample s;
    s.records.resize(request.threads);
    s.result.cpus = this_machine().place(request.settings.placement, request.threads);
    s.oversubscribed = is_oversubscribed(s.result.cpus);
    bracket around(s.result.cpus);
    window w(request.feeding);
    finish_line finish(request.threads);
    run_team(
        s.result.cpus,
        [&](unsigned index) {
            const arrival at_the_end(finish);
            request.body(index, w, s.records[index]);
        },
        [&] { s.window_s = drive(request, w, finish); }, [&] { w.enter(phase::abandoned); });
    if (w.abandoned()) s.result.error = "unverified: threads waited in vain for items that never came out";
    add_common(s, request);
    around.close(s.result);
    return s;
}

outcome take_job_sample(const run_settings& settings, unsigned threads,
                        const std::function<outcome(const std::vector<int>&)>& job) {
    const std::vector<int> cpus = this_machine().place(settings.placement, threads);
    bracket around(cpus);
    outcome result = job(cpus);
    result.cpus = cpus;
    result.values.emplace_back("team", threads);
    // A job's threads mostly wait, so that more of them than CPUs is what it is about.
    result.values.emplace_back("oversubscribed", 0.0);
    around.close(result);
    return result;
}

void add_shares(figures& values, const std::string& prefix, const sample& s, std::size_t first,
                std::size_t count) {
    const double mean = static_cast<double>(s.operations(first, count)) / static_cast<double>(count);
    if (mean <= 0.0) return;
    const auto by_operations = [](const thread_record& a, const thread_record& b) {
        return a.done.operations < b.done.operations;
    };
    const auto begin = s.records.begin() + static_cast<std::ptrdiff_t>(first);
    const auto [least, most] =
        std::minmax_element(begin, begin + static_cast<std::ptrdiff_t>(count), by_operations);
    values.emplace_back(prefix + "_share_min", static_cast<double>(least->done.operations) / mean);
    values.emplace_back(prefix + "_share_max", static_cast<double>(most->done.operations) / mean);
    double squares = 0.0;  // of the shares
    for (auto one = begin; one != begin + static_cast<std::ptrdiff_t>(count); ++one) {
        const double share = static_cast<double>(one->done.operations) / mean;
        squares += share * share;
    }
    values.emplace_back(prefix + "_jain", static_cast<double>(count) / squares);
}

}  // namespace handoff
