// A worker process: downloads what a queue in Redis tells it to, on this host or any other.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <exception>
#include <functional>
#include <random>
#include <string>
#include <system_error>
#include <vector>

#include "harness/errors.hpp"
#include "redis/worker.hpp"

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

std::vector<option> options_of(worker_settings& s, std::string& url) {
    constexpr std::uint64_t any = ~std::uint64_t{0};
    return {
        {"--redis", "URL: the server, redis://HOST:PORT or unix:///PATH", [&](auto& text) { url = text; }},
        {"--queue", "NAME: which of its queues (downloads)", [&](auto& text) { s.queue = text; }},
        {"--number", "N: of this worker; no other one of the queue has it (drawn)",
         number("--number", 0, any, [&](std::uint64_t n) { s.number = n; })},
        {"--folder", "PATH: where documents are saved (they are not)", [&](auto& text) { s.folder = text; }},
        {"--durable", "0 or 1: reports a document only when it is on the disk (0)",
         number("--durable", 0, 1, [&](std::uint64_t n) { s.durable = n == 1; })},
        {"--visibility_ms", "N: who takes longer for a job is taken for dead (5000)",
         number("--visibility_ms", 10, 3'600'000,
                [&](std::uint64_t n) { s.policy.visibility = std::chrono::milliseconds(n); })},
        {"--most_deliveries", "N: then a job goes on the failed list (5)",
         number("--most_deliveries", 1, 1000,
                [&](std::uint64_t n) { s.policy.most_deliveries = static_cast<unsigned>(n); })},
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

void run(const std::vector<std::string>& words) {
    worker_settings settings;
    settings.number = drawn_number();
    std::string url;
    const std::vector<option> options = options_of(settings, url);
    if (words == std::vector<std::string>{"--help"}) {
        std::fputs(help(options).c_str(), stdout);
        return;
    }
    read(words, options);
    settings.server = redis_url::parse(url);
    work(settings);
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
