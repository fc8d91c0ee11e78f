#include "job_queue.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace handoff {
namespace {

using namespace std::chrono_literals;

const std::string group = "workers";

// Whoever takes the entry off the list of those under way ends the job, and nobody else: a script runs as a
// whole. KEYS: jobs, results, failed, reasons. ARGV: group, entry, job, result, reason.
const std::string finish_script = R"(
    if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
    redis.call('XDEL', KEYS[1], ARGV[2])
    redis.call('HDEL', KEYS[4], ARGV[2])
    if ARGV[5] ~= '' then redis.call('HSET', KEYS[3], ARGV[3], ARGV[5]) end
    if ARGV[4] ~= '' then redis.call('XADD', KEYS[2], '*', 'result', ARGV[4]) end
    return 1)";

// Which queue it was that counts the worker now: at once, since the queue may be gone in a moment. KEYS:
// jobs, which. ARGV: group, worker.
const std::string join_script = R"(
    redis.call('XGROUP', 'CREATECONSUMER', KEYS[1], ARGV[1], ARGV[2])
    return redis.call('GET', KEYS[2]))";

// The queue may have been destroyed since. KEYS: failed, jobs. ARGV: group.
const std::string restart_script = R"(
    local failed = redis.call('HKEYS', KEYS[1])
    if #failed == 0 then return 0 end
    redis.pcall('XGROUP', 'CREATE', KEYS[2], ARGV[1], '0', 'MKSTREAM')
    for _, job in ipairs(failed) do redis.call('XADD', KEYS[2], '*', 'job', job) end
    redis.call('DEL', KEYS[1])
    return #failed)";

// No other queue has it, on whatever host it was created.
std::string drawn_name() {
    std::random_device random;
    return std::to_string(random()) + "-" + std::to_string(random());
}

// An entry of a stream is its place and its field's name and value.
const std::string& text_of(const redis_value& entry) {
    return entry.list.at(1).list.at(1).text;
}

// The entries of a reply that reads one stream.
const std::vector<redis_value>& entries_of(const redis_value& reply) {
    static const std::vector<redis_value> none;
    return reply.list.empty() ? none : reply.list.front().list.at(1).list;
}

// Reads with a wait, or none: for Redis a wait of 0 is one without end.
redis_words reading(redis_words words, std::chrono::milliseconds wait, const redis_words& from) {
    if (wait.count() > 0) words.insert(words.end(), {"BLOCK", std::to_string(wait.count())});
    words.push_back("STREAMS");
    words.insert(words.end(), from.begin(), from.end());
    return words;
}

}  // namespace

job_queue::job_queue(const redis_url& url, std::string name, const queue_policy& policy)
    : redis_(url), name_(std::move(name)), policy_(policy) {}

void job_queue::create() {
    destroy();
    redis_.command({"DEL", key("failed")});
    // The name first: who could join finds it.
    redis_.commands(
        {{"SET", key("which"), drawn_name()}, {"XGROUP", "CREATE", key("jobs"), group, "0", "MKSTREAM"}});
    last_result_ = "0";
}

void job_queue::destroy() {
    redis_.command({"DEL", key("jobs"), key("results"), key("reasons"), key("which")});
}

void job_queue::add(const std::vector<std::string>& jobs) {
    std::vector<redis_words> all;
    all.reserve(jobs.size());
    for (const std::string& job : jobs) all.push_back({"XADD", key("jobs"), "*", "job", job});
    redis_.commands(all);
}

std::size_t job_queue::workers() {
    return redis_.command({"XINFO", "CONSUMERS", key("jobs"), group}).list.size();
}

std::vector<std::string> job_queue::results(std::chrono::milliseconds wait) {
    const redis_value reply =
        redis_.command(reading({"XREAD", "COUNT", "1000"}, wait, {key("results"), last_result_}));
    std::vector<std::string> all;
    for (const redis_value& entry : entries_of(reply)) {
        all.push_back(text_of(entry));
        last_result_ = entry.list.front().text;
    }
    return all;
}

std::map<std::string, std::string> job_queue::failed() {
    const std::vector<redis_value> pairs = redis_.command({"HGETALL", key("failed")}).list;
    std::map<std::string, std::string> all;
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) all.emplace(pairs[i].text, pairs[i + 1].text);
    return all;
}

std::size_t job_queue::restart_failed() {
    return static_cast<std::size_t>(
        redis_.command({"EVAL", restart_script, "2", key("failed"), key("jobs"), group}).number);
}

std::string job_queue::join(const std::string& worker) {
    // The name, so that one can see who is connected.
    return redis_
        .commands({{"CLIENT", "SETNAME", worker},
                   {"EVAL", join_script, "2", key("jobs"), key("which"), group, worker}})
        .back()
        .text;
}

std::string job_queue::which() {
    return redis_.command({"GET", key("which")}).text;
}

std::optional<taken_job> job_queue::take(const std::string& worker, std::chrono::milliseconds wait) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= next_look_) {
        if (std::optional<taken_job> job = take_over(worker)) return job;
        next_look_ = now + policy_.visibility / 4;
    }
    return take_new(worker, std::min(wait, policy_.visibility / 4));
}

std::optional<taken_job> job_queue::take_over(const std::string& worker) {
    const std::string timeout = std::to_string(policy_.visibility.count());
    const redis_value late = redis_.command({"XPENDING", key("jobs"), group, "IDLE", timeout, "-", "+", "1"});
    if (late.list.empty()) return std::nullopt;
    const std::vector<redis_value>& about = late.list.front().list;  // entry, worker, idle, deliveries
    const std::string& entry = about.at(0).text;
    // It stays with its worker if that, or another one, has been faster.
    const redis_value mine = redis_.command({"XCLAIM", key("jobs"), group, worker, timeout, entry});
    if (mine.list.empty()) return std::nullopt;
    return taken_job{entry, text_of(mine.list.front()), static_cast<unsigned>(about.at(3).number) + 1};
}

std::optional<taken_job> job_queue::take_new(const std::string& worker, std::chrono::milliseconds wait) {
    const redis_value reply = redis_.command(
        reading({"XREADGROUP", "GROUP", group, worker, "COUNT", "1"}, wait, {key("jobs"), ">"}));
    const std::vector<redis_value>& entries = entries_of(reply);
    if (entries.empty()) return std::nullopt;
    return taken_job{entries.front().list.front().text, text_of(entries.front()), 1};
}

bool job_queue::finish(const taken_job& job, const std::string& result, const std::string& reason) {
    return redis_
               .command({"EVAL", finish_script, "4", key("jobs"), key("results"), key("failed"),
                         key("reasons"), group, job.entry, job.text, result, reason})
               .number == 1;
}

void job_queue::give_back(const taken_job& job, const std::string& worker, const std::string& reason) {
    // As if nothing had been heard of it for as long as one waits; JUSTID counts no further delivery.
    const std::string timeout = std::to_string(policy_.visibility.count());
    redis_.commands({{"HSET", key("reasons"), job.entry, reason},
                     {"XCLAIM", key("jobs"), group, worker, "0", job.entry, "IDLE", timeout, "JUSTID"}});
    next_look_ = {};
}

std::string job_queue::last_reason(const taken_job& job) {
    return redis_.command({"HGET", key("reasons"), job.entry}).text;
}

bool job_queue::has_failed(const std::string& text) {
    return redis_.command({"HEXISTS", key("failed"), text}).number == 1;
}

}  // namespace handoff
