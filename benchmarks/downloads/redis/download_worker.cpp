// A worker process: downloads what a queue in Redis tells it to, on this host or any other.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <exception>
#include <functional>
#include <random>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "downloads/saving/document_file.hpp"
#include "harness/machine/errors.hpp"
#include "job_text.hpp"
#include "worker.hpp"

// By hand and not by CLI11, which takes longer to compile than all the rest of what the sanitized presets
// need of the workers.
namespace handoff {
namespace {

struct option {
    std::string name;
    std::string what;
    std::function<void(const std::string&)> take;
};

// Takes a whole number within bounds.
std::function<void(const std::string&)> number(const std::string& name, std::uint64_t least,
                                               std::uint64_t most, std::function<void(std::uint64_t)> take) {
    return [=](const std::string& text) {
        std::uint64_t value = 0;
        const char* const end = text.data() + text.size();
        const auto [stopped, error] = std::from_chars(text.data(), end, value);
        if (error != std::errc{} || stopped != end || value < least || value > most)
            throw misuse(name + " '" + text + "' is no whole number from " + std::to_string(least) + " to " +
                         std::to_string(most));
        take(value);
    };
}

moment moment_of(const std::string& name) {
    const auto found = std::ranges::find(moment_names, name);
    if (found != moment_names.end()) return static_cast<moment>(found - moment_names.begin());
    std::string valid;
    for (const std::string_view one : moment_names) valid += (valid.empty() ? "" : ", ") + std::string(one);
    throw misuse("--killed_at '" + name + "' is no moment; valid: " + valid);
}

// What to do with the jobs of the failed list, and nothing else then.
enum class failed_jobs { left, listed, restarted };

failed_jobs what_of_failed(const std::string& text) {
    if (text == "list") return failed_jobs::listed;
    if (text == "restart") return failed_jobs::restarted;
    throw misuse("--failed '" + text + "' cannot be done; valid: list, restart");
}

struct asked_for {
    worker_settings worker{};
    std::string url{};
    failed_jobs failed = failed_jobs::left;
};

std::vector<option> options_of(asked_for& asked) {
    constexpr std::uint64_t any = ~std::uint64_t{0};
    worker_settings& s = asked.worker;
    return {
        {"--redis", "URL: the server, redis://HOST:PORT or unix:///PATH",
         [&](auto& text) { asked.url = text; }},
        {"--queue", "NAME: which of its queues (downloads)", [&](auto& text) { s.queue = text; }},
        {"--number", "N: of this worker; no other one of the queue has it (drawn)",
         number("--number", 0, any, [&](std::uint64_t n) { s.number = n; })},
        {"--folder", "PATH: where documents are saved (they are not)", [&](auto& text) { s.folder = text; }},
        {"--durable", "0 or 1: reports a document only when it is on the disk (0)",
         number("--durable", 0, 1, [&](std::uint64_t n) { s.durable = n == 1; })},
        {"--stays", "0 or 1: takes part in run after run, until Ctrl-C; not in one only (0)",
         number("--stays", 0, 1, [&](std::uint64_t n) { s.stays = n == 1; })},
        {"--visibility_ms", "N: who takes longer for a job is taken for dead (5000)",
         number("--visibility_ms", 10, 3'600'000,
                [&](std::uint64_t n) { s.policy.visibility = std::chrono::milliseconds(n); })},
        {"--most_deliveries", "N: then a job goes on the failed list (5)",
         number("--most_deliveries", 1, 1000,
                [&](std::uint64_t n) { s.policy.most_deliveries = static_cast<unsigned>(n); })},
        {"--failed", "list or restart: instead of working, prints the failed jobs or puts them back",
         [&](auto& text) { asked.failed = what_of_failed(text); }},
        {"--killed_at", "MOMENT: for tests, kills itself then",
         [&](auto& text) { s.killed = moment_of(text); }},
        {"--failing_writes", "PERCENT: for tests, the disk is full so often (0)",
         number("--failing_writes", 0, 100,
                [&](std::uint64_t n) { s.failing_writes_percent = static_cast<unsigned>(n); })},
        {"--seed", "N: for tests, of the writes that fail (1)",
         number("--seed", 0, any, [&](std::uint64_t n) { s.seed = n; })},
    };
}

std::string help(const std::vector<option>& options) {
    std::string text = "download_worker: downloads what a queue in Redis tells it to\n";
    for (const option& one : options) text += "  " + one.name + " " + one.what + "\n";
    return text;
}

void read(const std::vector<std::string>& words, const std::vector<option>& options) {
    for (std::size_t i = 0; i < words.size(); i += 2) {
        const auto found = std::ranges::find(options, words[i], &option::name);
        if (found == options.end()) throw misuse("unknown option '" + words[i] + "'; --help lists them");
        if (i + 1 == words.size()) throw misuse(words[i] + " needs a value; --help says which");
        found->take(words[i + 1]);
    }
}

// Larger than the numbers of the workers that a team starts.
std::uint64_t drawn_number() {
    std::random_device random;
    return (std::uint64_t{1} << 40U) + random();
}

// A job by the name that its document has as a file; the text of what is no job.
std::string name_of_job(const std::string& text) {
    try {
        return file_name_of(order_of(text).what);
    } catch (const std::invalid_argument&) {
        return "'" + text + "'";
    }
}

void list_failed(job_queue& queue) {
    for (const auto& [job, reason] : queue.failed())
        std::printf("%s: %s\n", name_of_job(job).c_str(), reason.c_str());
}

void do_as_asked(const asked_for& asked) {
    const worker_settings& s = asked.worker;
    if (asked.failed == failed_jobs::left) return work(s);
    job_queue queue(s.server, s.queue, s.policy);
    if (asked.failed == failed_jobs::listed) return list_failed(queue);
    std::printf("%zu failed jobs were put back into queue '%s'\n", queue.restart_failed(), s.queue.c_str());
}

void run(const std::vector<std::string>& words) {
    asked_for asked;
    asked.worker.number = drawn_number();
    const std::vector<option> options = options_of(asked);
    if (words == std::vector<std::string>{"--help"}) {
        std::fputs(help(options).c_str(), stdout);
        return;
    }
    read(words, options);
    asked.worker.server = redis_url::parse(asked.url);
    do_as_asked(asked);
}

}  // namespace
}  // namespace handoff

int main(int argc, char** argv) {
    try {
        handoff::run({argv + 1, argv + argc});
        return 0;
    } catch (const handoff::misuse& e) {
        std::fprintf(stderr, "download_worker: %s\n", e.what());
        return handoff::exit_misuse;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "download_worker: failed: %s\n", e.what());
        return handoff::exit_failed;
    }
}
