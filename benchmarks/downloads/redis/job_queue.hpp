// A queue of jobs in Redis, for workers that may die: a stream with a group of consumers.
//
// A job that a worker takes stays in the stream until it is acknowledged. Who takes longer than the
// visibility timeout is taken for dead, and the job is given to another worker; one that was given out too
// often is buried: put on the failed list, with a reason. A worker may be slow rather than dead, so two can
// be at the same job; only one of them can end it, and it learns that it was the one.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "connection.hpp"

namespace handoff {

struct queue_policy {
    // Longer than any job takes, and as short as one can wait for a dead worker's job.
    std::chrono::milliseconds visibility{5000};
    unsigned most_deliveries = 5;
};

struct taken_job {
    std::string entry;  // its place in the stream
    std::string text;
    unsigned deliveries;  // this one included
};

class job_queue {
public:
    job_queue(const redis_url& url, std::string name, const queue_policy& policy);

    const queue_policy& policy() const { return policy_; }

    // For the side that has the jobs.
    void create();  // empty, whatever was there
    // But for the failed list: it stays until somebody restarts it, or creates the queue anew.
    void destroy();
    void add(const std::vector<std::string>& jobs);
    std::size_t workers();
    // The next results, once each; waits for the first of them as long as this.
    std::vector<std::string> results(std::chrono::milliseconds wait);
    std::map<std::string, std::string> failed();  // jobs, and why
    // Puts all failed jobs back into the queue; how many they were.
    std::size_t restart_failed();

    // For workers.
    // Returns what tells this queue from those that had its name before and will have it; nothing if it was
    // not created but restarted.
    std::string join(const std::string& worker);
    // The same of the queue that is there now; nothing if there is none.
    std::string which();
    std::optional<taken_job> take(const std::string& worker, std::chrono::milliseconds wait);
    // Ends the job; false if somebody else has. `reason`: why it failed, or nothing.
    bool finish(const taken_job& job, const std::string& result, const std::string& reason = {});
    // The job could not be done now: somebody shall try again at once.
    void give_back(const taken_job& job, const std::string& worker, const std::string& reason);
    // Why it was given back last.
    std::string last_reason(const taken_job& job);
    bool has_failed(const std::string& text);

private:
    std::string key(const std::string& what) const { return "handoff:" + name_ + ":" + what; }
    std::optional<taken_job> take_over(const std::string& worker);
    std::optional<taken_job> take_new(const std::string& worker, std::chrono::milliseconds wait);

    redis_connection redis_;
    const std::string name_;
    const queue_policy policy_;
    std::string last_result_ = "0";
    std::chrono::steady_clock::time_point next_look_{};  // for jobs of the dead
};

}  // namespace handoff
