// A worker: takes jobs from the queue, downloads, saves, and reports, until a job tells it to stop. It may be
// killed at any moment.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "job_queue.hpp"

namespace handoff {

// Moments at which a test has a worker kill itself.
enum class moment { never, taken, fetched, written, saved, finished };

inline constexpr std::array<std::string_view, 6> moment_names = {"never",   "taken", "fetched",
                                                                 "written", "saved", "finished"};

struct worker_settings {
    redis_url server{};
    std::string queue = "downloads";
    std::uint64_t number = 0;        // no other worker of the queue has it
    std::filesystem::path folder{};  // where documents are saved; empty: they are not
    bool durable = false;
    bool stays = false;  // told to stop, it waits for the next queue of the name
    queue_policy policy{};
    // For tests.
    moment killed = moment::never;
    unsigned failing_writes_percent = 0;
    std::uint64_t seed = 1;
};

// Returns when it was told to stop, but for a worker that stays. A lost connection is made anew, and a queue
// that is not there is waited for; throws redis_lost or redis_refused if that does not help. Who stays waits
// for a queue as long as it takes.
void work(const worker_settings& settings);

}  // namespace handoff
