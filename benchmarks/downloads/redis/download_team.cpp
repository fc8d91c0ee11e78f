#include "download_team.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <utility>

#include "downloads/saving/document_file.hpp"
#include "downloads/saving/file_saver.hpp"

namespace handoff {
namespace {

using namespace std::chrono_literals;

constexpr auto longest_joining = 30s;
constexpr auto longest_leaving = 5s;
constexpr std::size_t jobs_at_once = 256;

// How long the team waits for a result before it looks after its workers.
constexpr auto attention = 5ms;

template <class Done>
bool within(std::chrono::seconds time, Done done) {
    const auto deadline = std::chrono::steady_clock::now() + time;
    while (!done()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(1ms);
    }
    return true;
}

}  // namespace

download_team::download_team(const team_settings& settings)
    : settings_(settings), queue_(settings.server, settings.queue, settings.policy) {
    queue_.create();
    for (unsigned i = 0; i < settings.workers; ++i) start_worker(settings.worker_options);
    await_workers();
}

void download_team::start_worker(const std::vector<std::string>& options) {
    std::vector<std::string> words = {"download_worker",
                                      "--redis",
                                      settings_.server.text(),
                                      "--queue",
                                      settings_.queue,
                                      "--number",
                                      std::to_string(started_++),
                                      "--visibility_ms",
                                      std::to_string(settings_.policy.visibility.count()),
                                      "--most_deliveries",
                                      std::to_string(settings_.policy.most_deliveries)};
    if (!settings_.folder.empty()) words.insert(words.end(), {"--folder", settings_.folder.string()});
    words.insert(words.end(), options.begin(), options.end());
    workers_.push_back(child_process::program(HANDOFF_DOWNLOAD_WORKER, words));
}

void download_team::await_workers() {
    const std::size_t wanted = settings_.workers + settings_.elsewhere;
    const bool all_here = within(longest_joining, [&] {
        if (!settings_.restarts) look_after_workers();
        return queue_.workers() >= wanted;
    });
    if (!all_here)
        throw std::runtime_error(std::to_string(queue_.workers()) + " of " + std::to_string(wanted) +
                                 " workers have joined queue '" + settings_.queue + "' at " +
                                 settings_.server.text());
}

void download_team::look_after_workers() {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        if (workers_[i].running()) continue;
        if (!settings_.restarts)
            throw std::runtime_error("worker process " + std::to_string(workers_[i].pid()) + " has ended (" +
                                     workers_[i].fate() + ")");
        std::swap(workers_[i], workers_.back());
        workers_.pop_back();
        start_worker(settings_.later_options);
    }
}

void download_team::run(std::span<const document> documents, const network_spec& network,
                        const std::function<void(const download_report&)>& hand_in,
                        const std::function<void()>& meanwhile) {
    std::size_t reported = 0;
    for (std::span<const document> rest = documents; reported < documents.size();) {
        std::vector<std::string> jobs;
        for (; !rest.empty() && jobs.size() < jobs_at_once; rest = rest.subspan(1))
            jobs.push_back(text_of(download_order{rest.front(), network}));
        if (!jobs.empty()) queue_.add(jobs);
        for (const std::string& text : queue_.results(rest.empty() ? attention : 0ms)) {
            hand_in(report_of(text));
            ++reported;
        }
        look_after_workers();
        meanwhile();
    }
}

void download_team::end() {
    queue_.add(std::vector<std::string>(workers_.size() + settings_.elsewhere, std::string(stop_job)));
    within(longest_leaving, [this] {
        return std::ranges::none_of(workers_, [](child_process& one) { return one.running(); });
    });
    workers_.clear();  // kills those that are still there
    if (settings_.folder.empty()) return;
    remove_abandoned(settings_.folder);
    // A worker that saved a document just when another one gave it up, and died before it learned of that.
    const file_saver saver(settings_.folder, {});
    for (const auto& [id, reason] : failed())
        saver.remove(file_name_of({.id = id, .latency = {}, .bytes = 0}));
}

std::map<std::uint64_t, std::string> download_team::failed() {
    std::map<std::uint64_t, std::string> all;
    for (const auto& [job, reason] : queue_.failed()) all.emplace(order_of(job).what.id, reason);
    return all;
}

}  // namespace handoff
