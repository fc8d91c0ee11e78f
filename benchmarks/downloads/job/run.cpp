#include "run.hpp"

#include <algorithm>
#include <stdexcept>
#include <thread>
#include <utility>

#include "harness/machine/usage.hpp"

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
                           const strategy_spec& spec, unsigned in_flight, time_kind time,
                           download_transport* transport)
    : documents_(documents),
      network_(network),
      spec_(spec),
      in_flight_(in_flight),
      time_(time == time_kind::real ? nullptr
                                    : std::make_unique<virtual_time>(spec, documents.size(), in_flight)),
      transport_(transport),
      stamps_(documents.size()) {
    results_.reserve(documents.size());
}

job_time download_run::now() const {
    if (time_) return time_->now();
    return job_time(static_cast<std::int64_t>(harness_clock::ns(harness_clock::now() - start_)));
}

fetched download_run::fetch(std::size_t index) {
    if (transport_ != nullptr) {
        begin(index);
        return finish(index, transport_->fetch(documents_[index]));
    }
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

void download_run::leave_behind(std::size_t documents) {
    const std::scoped_lock lock(mutex_);
    left_behind_ += documents;
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
        if (++in_flight_now_ > most_in_flight_) {
            most_in_flight_ = in_flight_now_;
            peak_threads_ = threads_of_this_process();
        }
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
    if (run.transport_ != nullptr)
        throw std::logic_error("only the simulated network has steps; what uses them fetches by_steps");
    run.begin(index);
}

std::optional<job_time> download_run::steps::next() {
    return way_.next(run_->now());
}

fetched download_run::steps::end() {
    return run_->finish(index_, way_.end());
}

download_run::loop::loop(download_run& run) : run_(&run) {
    if (run.transport_ == nullptr)
        throw std::logic_error("the simulated network has no event loop; what uses one fetches in_a_loop");
    loop_ = run.transport_->loop();
}

void download_run::loop::start(std::size_t index) {
    run_->begin(index);
    loop_->start(run_->documents_[index]);
}

std::vector<fetched> download_run::loop::wait() {
    std::vector<fetched> all;
    for (const ended_fetch& one : loop_->wait()) all.push_back(run_->finish(one.document, one.end));
    return all;
}

}  // namespace handoff
