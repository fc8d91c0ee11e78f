// A download job as its strategy sees it: documents to fetch, by their places in the list, and results to
// hand in. Here all stamps are taken, all waiting is done and everything is counted; the strategy does
// nothing of it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/machine/clock.hpp"
#include "network.hpp"
#include "strategy.hpp"
#include "time.hpp"
#include "transport.hpp"

namespace handoff {

enum class time_kind { real, simulated };

inline constexpr std::array<std::string_view, 2> time_names = {"real", "virtual"};

constexpr std::string_view name_of(time_kind kind) {
    return time_names[static_cast<std::size_t>(kind)];
}

// The result of a fetch.
struct fetched {
    std::size_t index;
    fetch_end end;
    std::uint64_t digest;  // 0 for a document that did not arrive
};

// When a document was asked for, when it had arrived or failed, and when its result was handed in.
struct fetch_stamps {
    job_time started{-1};
    job_time ended{-1};
    job_time delivered{-1};
};

class download_run {
public:
    // What is given must outlive the run. The clock begins here. With a transport documents come by that, in
    // real time, and not over the simulated network.
    download_run(const std::vector<document>& documents, simulated_network& network,
                 const strategy_spec& spec, unsigned in_flight, time_kind time,
                 download_transport* transport = nullptr);

    std::size_t size() const { return documents_.size(); }
    unsigned in_flight() const { return in_flight_; }
    const strategy_spec& spec() const { return spec_; }

    // Fetches a document in the calling thread, which sleeps meanwhile.
    fetched fetch(std::size_t index);

    // Hands in a result; calls from several threads are put in a row.
    void deliver(const fetched& result);

    // A fetch for an event loop, which must not sleep: wait until next() says, and when it says nothing any
    // more, end() has the result.
    class steps {
    public:
        steps(download_run& run, std::size_t index);
        std::optional<job_time> next();
        fetched end();

    private:
        download_run* run_;
        std::size_t index_;
        simulated_fetch way_;
    };

    // Many fetches on the calling thread, in the event loop of the transport.
    class loop {
    public:
        explicit loop(download_run& run);
        void start(std::size_t index);
        // Waits until at least one of those that were started is at its end.
        std::vector<fetched> wait();

    private:
        download_run* run_;
        std::unique_ptr<download_loop> loop_;
    };

    // Says how many documents lay in a queue when its workers had gone; they are still to be fetched.
    void leave_behind(std::size_t documents);

    // How an event loop waits. In virtual time `wake` will be called (see virtual_time::call_at), and the
    // result is nothing; in real time it is how long the loop is to wait, by a timer of its own.
    std::optional<std::chrono::nanoseconds> call_at(job_time time, std::function<void()> wake);

    // For documents that another process has fetched: its result, and when that was by the clock of this run.
    void adopt(const fetched& result, const fetch_stamps& stamps);

    // What came of it, for when the strategy has returned.
    job_time now() const;
    const std::vector<fetch_stamps>& stamps() const { return stamps_; }
    // In the order in which they were handed in.
    const std::vector<fetched>& results() const { return results_; }
    unsigned most_in_flight() const;
    // Of the process, when most documents were under way; 0 if the kernel does not tell.
    unsigned peak_threads() const { return peak_threads_; }
    std::size_t left_behind() const { return left_behind_; }
    const std::string& first_error() const { return first_error_; }

private:
    void start(std::size_t index, job_time time);
    void begin(std::size_t index);
    fetched finish(std::size_t index, const fetch_end& end);
    void sleep_until(job_time time);

    const std::vector<document>& documents_;
    simulated_network& network_;
    const strategy_spec spec_;
    const unsigned in_flight_;
    std::unique_ptr<virtual_time> time_;  // none: it is real
    download_transport* const transport_;
    const ticks start_ = harness_clock::now();

    std::mutex mutex_;  // guards what follows, as long as the strategy runs
    std::vector<fetch_stamps> stamps_;
    std::vector<fetched> results_;
    unsigned in_flight_now_ = 0;
    unsigned most_in_flight_ = 0;
    unsigned peak_threads_ = 0;
    std::size_t left_behind_ = 0;
    bool adopted_ = false;  // so that only the stamps know how many were under way
    std::string first_error_;
};

}  // namespace handoff
