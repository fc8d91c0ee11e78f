// Worker processes that take documents from a queue in Redis: here, and on any host that reaches the server.
#include "redis_workers.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "downloads/job/run.hpp"
#include "downloads/processes/temporary_folder.hpp"
#include "downloads/redis/download_team.hpp"
#include "downloads/redis/private_server.hpp"
#include "downloads/saving/document_file.hpp"
#include "harness/machine/errors.hpp"

namespace handoff {
namespace {

redis_options chosen;

class redis_session : public strategy_session {
public:
    redis_session(const std::vector<document>& documents, const network_spec& network, unsigned in_flight,
                  bool saves)
        : documents_(documents), network_(network) {
        if (network.bytes_per_second > 0.0)
            throw misuse("workers of Redis share no simulated link; valid: bandwidth:unlimited");
        if (chosen.elsewhere > in_flight)
            throw misuse("--workers_elsewhere " + std::to_string(chosen.elsewhere) +
                         " is more than n:" + std::to_string(in_flight));
        if (saves && chosen.elsewhere > 0)
            throw misuse(
                "--workers_elsewhere " + std::to_string(chosen.elsewhere) +
                ": workers that are not ours do not know where redis_workers_saving saves; valid: 0");
        if (chosen.url.empty()) server_.emplace();
        if (saves) folder_.emplace();
        team_.emplace(team_settings{
            .server = server_ ? server_->url() : redis_url::parse(chosen.url),
            .queue = chosen.queue,
            .workers = in_flight - chosen.elsewhere,
            .elsewhere = chosen.elsewhere,
            .folder = folder_ ? folder_->path() : std::filesystem::path(),
            .policy = {.visibility = visibility(documents, network)},
        });
    }

    void run(download_run& run) override {
        team_->run(documents_, network_, [&](const download_report& report) { hand_in(run, report); });
    }

    std::string end() override {
        team_->end();
        const std::map<std::uint64_t, std::string> failed = team_->failed();
        // A server that is not ours keeps the failed list: its owner may want it.
        team_->queue().destroy();
        server_.reset();  // so that its CPU time counts
        if (!folder_) return {};
        std::vector<document> saved;
        std::ranges::copy_if(documents_, std::back_inserter(saved),
                             [&](const document& d) { return !failed.contains(d.id); });
        return check_files(folder_->path(), saved);
    }

private:
    // No worker dies here, so it may be long: a worker that has to wait for its CPU is not dead.
    static std::chrono::milliseconds visibility(const std::vector<document>& documents,
                                                const network_spec& network) {
        std::chrono::nanoseconds longest{0};
        for (const document& d : documents) longest = std::max(longest, time_under_way(network, d));
        return std::chrono::seconds(10) + 2 * std::chrono::ceil<std::chrono::milliseconds>(longest);
    }

    // Clocks of hosts differ, so a document has ended when its report is here. A worker takes one after the
    // other.
    void hand_in(download_run& run, const download_report& report) {
        job_time& free = worker_free_[report.worker];
        const job_time now = run.now();
        run.adopt(report.result, {.started = std::max(free, now - report.under_way), .ended = now});
        free = now;
        run.deliver(report.result);
    }

    const std::vector<document>& documents_;
    const network_spec network_;
    std::optional<private_server> server_;
    std::optional<temporary_folder> folder_;
    std::optional<download_team> team_;
    std::map<std::uint64_t, job_time> worker_free_;
};

template <bool Saves>
std::unique_ptr<strategy_session> make_session(const std::vector<document>& documents,
                                               const network_spec& network, unsigned in_flight) {
    return std::make_unique<redis_session>(documents, network, in_flight, Saves);
}

}  // namespace

void use_redis(const redis_options& options) {
    chosen = options;
}

extern const strategy redis_workers;
const strategy redis_workers{
    // The clock of virtual time knows the threads of one process.
    .spec = {.name = "redis_workers",
             .fetches = fetching::in_processes,
             .prompt = false,
             .shares_link = false,
             .workers_elsewhere = strangers::welcome},
    .prepare = make_session<false>,
};

extern const strategy redis_workers_saving;
const strategy redis_workers_saving{
    .spec = {.name = "redis_workers_saving",
             .fetches = fetching::in_processes,
             .prompt = false,
             .shares_link = false,
             .workers_elsewhere = strangers::refused},
    .prepare = make_session<true>,
};

}  // namespace handoff
