#include "chaos.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <iterator>
#include <map>
#include <random>
#include <sstream>
#include <string_view>
#include <vector>

#include "downloads/processes/temporary_folder.hpp"
#include "downloads/redis/download_team.hpp"
#include "downloads/redis/private_server.hpp"
#include "downloads/saving/document_file.hpp"

namespace handoff {
namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

// Something that happens again and again, after pauses drawn evenly up to twice their mean.
class now_and_then {
public:
    now_and_then(std::chrono::microseconds mean, std::mt19937_64& random) : mean_(mean), random_(random) {
        next();
    }

    bool is_due() {
        if (steady::now() < due_) return false;
        next();
        return true;
    }

private:
    void next() {
        std::uniform_int_distribution<std::int64_t> pause(0, 2 * mean_.count());
        due_ = steady::now() + std::chrono::microseconds(pause(random_));
    }

    const std::chrono::microseconds mean_;
    std::mt19937_64& random_;
    steady::time_point due_{};
};

// The number by which a line of CLIENT LIST ("id=7 addr=… name=worker-3 …") names a worker's connection.
std::string connection_of_worker(const std::string& line) {
    const std::size_t end = line.find(' ');
    const bool worker = line.find(" name=worker-") != std::string::npos;
    return worker && line.starts_with("id=") ? line.substr(3, end - 3) : std::string();
}

class troubles {
public:
    troubles(download_team& team, const redis_url& server, std::uint64_t seed)
        : team_(team), redis_(server), random_(seed), kill_(8ms, random_), cut_(40ms, random_) {}

    // Kills nobody before something was reported again: where programs start slowly (the sanitized presets),
    // there would never be an end.
    void happen(std::size_t reported) {
        if (reported > reported_ && kill_.is_due()) {
            kill_one();
            reported_ = reported;
        }
        if (cut_.is_due()) cut_one();
    }

    unsigned kills() const { return kills_; }
    unsigned cuts() const { return cuts_; }

private:
    void kill_one() {
        team_.workers().at(random_() % team_.workers().size()).kill(SIGKILL);
        ++kills_;
    }

    void cut_one() {
        std::vector<std::string> all;
        std::istringstream lines(redis_.command({"CLIENT", "LIST"}).text);
        for (std::string line; std::getline(lines, line);)
            if (const std::string one = connection_of_worker(line); !one.empty()) all.push_back(one);
        if (all.empty()) return;
        redis_.command({"CLIENT", "KILL", "ID", all[random_() % all.size()]});
        ++cuts_;
    }

    download_team& team_;
    redis_connection redis_;
    std::mt19937_64 random_;
    now_and_then kill_;
    now_and_then cut_;
    unsigned kills_ = 0;
    unsigned cuts_ = 0;
    std::size_t reported_ = 0;  // when somebody was killed last
};

constexpr unsigned workers = 4;
const list_spec list{.items = 60, .median = 2ms, .failing = 0.2, .permanent = 0.05};

network_spec network_of(std::uint64_t seed) {
    return {.retries = {.attempts = 3, .first_bound = 1ms, .highest_bound = 4ms}, .seed = seed};
}

team_settings settings_of(const redis_url& server, const std::filesystem::path& folder, std::uint64_t seed) {
    const std::vector<std::string> faults = {"--failing_writes", "5", "--seed", std::to_string(seed)};
    return {.server = server,
            .workers = workers,
            .restarts = true,
            .folder = folder,
            .policy = {.visibility = 100ms, .most_deliveries = 4},
            .worker_options = faults,
            .later_options = faults};
}

// Why a document may be on the failed list.
bool is_reason(const document& d, const network_spec& network, std::string_view reason) {
    const fetch_end end = expected_end(d, network.retries);
    return reason.starts_with("given out 4 times; ") ||
           (end.status == fetch_status::refused && reason == "refused") ||
           (end.status == fetch_status::gave_up && reason == "failed 3 times");
}

std::string check_reports(const std::vector<document>& documents,
                          const std::vector<download_report>& reports) {
    std::vector<unsigned> times(documents.size());
    for (const download_report& r : reports) ++times.at(r.result.index);
    for (const document& d : documents)
        if (times[d.id] != 1)
            return "document " + std::to_string(d.id) + " was reported " + std::to_string(times[d.id]) +
                   " times";
    return {};
}

std::string check_failed(const std::vector<document>& documents, const network_spec& network,
                         const std::map<std::uint64_t, std::string>& failed) {
    for (const auto& [id, reason] : failed)
        if (!is_reason(documents.at(id), network, reason))
            return "document " + std::to_string(id) + " is on the failed list, because '" + reason + "'";
    for (const document& d : documents)
        if (expected_end(d, network.retries).status != fetch_status::arrived && !failed.contains(d.id))
            return "document " + std::to_string(d.id) + " should be on the failed list";
    return {};
}

}  // namespace

chaos_outcome run_chaos(std::uint64_t seed) {
    const private_server server;
    const temporary_folder folder;
    const std::vector<document> documents = make_documents(list, seed);
    const network_spec network = network_of(seed);
    download_team team(settings_of(server.url(), folder.path(), seed));
    troubles around(team, server.url(), seed);
    std::vector<download_report> reports;
    team.run(
        documents, network, [&](const download_report& r) { reports.push_back(r); },
        [&] { around.happen(reports.size()); });
    team.end();
    const std::map<std::uint64_t, std::string> failed = team.failed();
    std::vector<document> saved;
    std::ranges::copy_if(documents, std::back_inserter(saved),
                         [&](const document& d) { return !failed.contains(d.id); });
    chaos_outcome outcome{.kills = around.kills(), .cuts = around.cuts(), .saved = saved.size()};
    outcome.given_up = static_cast<std::size_t>(
        std::ranges::count_if(failed, [](const auto& one) { return one.second.starts_with("given out"); }));
    outcome.failed = failed.size() - outcome.given_up;
    for (const std::string& check :
         {check_reports(documents, reports), check_failed(documents, network, failed),
          check_files(folder.path(), saved)})
        if (outcome.wrong.empty()) outcome.wrong = check;
    return outcome;
}

}  // namespace handoff
