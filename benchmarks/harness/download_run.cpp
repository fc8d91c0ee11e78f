#include "download_run.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace handoff {
namespace {

unsigned most_at_once(const std::vector<fetch_stamps>& stamps) {
    std::vector<std::pair<job_time, int>> changes;
    for (const fetch_stamps& s : stamps) {
        changes.emplace_back(s.started, 1);
        changes.emplace_back(s.ended, -1);
    }
    // Of what happens at one time the ends come first.
    std::ranges::sort(changes);
    int now = 0;
    int most = 0;
    for (const auto& change : changes) most = std::max(most, now += change.second);
    return static_cast<unsigned>(most);
}

}  // namespace

download_run::download_run(const std::vector<document>& documents, simulated_network& network,
                           const strategy_spec& spec, unsigned in_flight, time_kind time)
    : documents_(documents),
      network_(network),
      in_flight_(in_flight),
      time_(time == time_kind::real ? nullptr
                                    : std::make_unique<virtual_time>(spec, documents.size(), in_flight)),
      stamps_(documents.size()) {
    results_.reserve(documents.size());
}

job_time download_run::now() const {
    if (time_) return time_->now();
    return job_time(static_cast<std::int64_t>(harness_clock::ns(harness_clock::now() - start_)));
}

fetched download_run::fetch(std::size_t index) {
    steps way(*this, index);
    while (const std::optional<job_time> time = way.next()) sleep_until(*time);
    return way.end();
}

void download_run::deliver(const fetched& result) {
    {
        const std::scoped_lock lock(mutex_);
        stamps_.at(result.index).delivered = now();
        results_.push_back(result);
    }
    if (time_) time_->delivered();
}

std::optional<std::chrono::nanoseconds> download_run::call_at(job_time time, std::function<void()> wake) {
    if (!time_) return std::max(time - now(), std::chrono::nanoseconds(0));
    time_->call_at(time, std::move(wake));
    return std::nullopt;
}

void download_run::adopt(const fetched& result, const fetch_stamps& stamps) {
    const std::scoped_lock lock(mutex_);
    start(result.index, stamps.started);
    stamps_[result.index].ended = stamps.ended;
    adopted_ = true;
}

unsigned download_run::most_in_flight() const {
    return adopted_ ? most_at_once(stamps_) : most_in_flight_;
}

void download_run::start(std::size_t index, job_time time) {
    fetch_stamps& stamps = stamps_.at(index);
    if (stamps.started >= job_time(0) && first_error_.empty())
        first_error_ = "unverified: document " + std::to_string(index) + " was fetched twice";
    stamps.started = time;
}

void download_run::begin(std::size_t index) {
    {
        const std::scoped_lock lock(mutex_);
        start(index, now());
        most_in_flight_ = std::max(most_in_flight_, ++in_flight_now_);
    }
    if (time_) time_->started();
}

fetched download_run::finish(std::size_t index, const fetch_end& end) {
    const fetched result{index, end,
                         end.status == fetch_status::arrived ? digest(documents_[index]) : std::uint64_t{0}};
    {
        const std::scoped_lock lock(mutex_);
        stamps_[index].ended = now();
        --in_flight_now_;
    }
    if (time_) time_->fetched(index);
    return result;
}

void download_run::sleep_until(job_time time) {
    if (time_) {
        time_->sleep_until(time);
    } else {
        std::this_thread::sleep_for(time - now());
    }
}

download_run::steps::steps(download_run& run, std::size_t index)
    : run_(&run), index_(index), way_(run.documents_.at(index), run.network_) {
    run.begin(index);
}

std::optional<job_time> download_run::steps::next() {
    return way_.next(run_->now());
}

fetched download_run::steps::end() {
    return run_->finish(index_, way_.end());
}

}  // namespace handoff
