#include "experiment.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>

#include "session.hpp"
#include "stop.hpp"
#include "threads.hpp"
#include "watchdog.hpp"

namespace handoff::stalls {
namespace {

using clock = std::chrono::steady_clock;
using conformance::give_way;
using conformance::random_below;

// Where no verdict depends on it, long enough that a thread which can go on gets a processor meanwhile.
constexpr std::chrono::milliseconds patience_without_claim{200};
constexpr std::chrono::microseconds between_looks{50};
constexpr std::uint64_t longest_run_us = 200;  // between two stops
// Calls that must return where they have nothing to push to or to pop: few, as each gives its processor away.
constexpr std::uint64_t failing_calls = 64;
// A yield takes as long as some hundred failing calls; and far longer where others want the processor, so
// that then nearly all stops find the victim in one. So it yields half as often whenever that many stops in a
// row were in no call.
constexpr std::uint64_t first_calls_between_yields = 128;
constexpr std::uint64_t most_calls_between_yields = std::uint64_t{1} << 24;
constexpr unsigned stops_in_vain = 20;
// How many durations it may take until the victim was caught in each operation: at all, and often enough.
constexpr int durations_until_caught = 201;
constexpr int durations_until_enough = 6;

struct alignas(128) tally {
    std::atomic<std::uint64_t> calls{0};
    std::atomic<std::uint64_t> successes{0};

    void count(outcome result) {
        // relaxed: statistics that are compared with bounds; only this thread writes them.
        calls.store(calls.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
        if (result != outcome::succeeded) return;
        // release: who sees this success sees those before it that made it possible.
        successes.store(successes.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    }
};

class experiment {
public:
    experiment(scene& tested, const cast& who, const conditions& under, observation& seen)
        : scene_(tested), cast_(who), under_(under), seen_(seen) {
        for (std::size_t operation : {0U, 1U}) {
            if (cast_.others[operation]) repeated_.push_back(operation);
        }
    }

    void run() {
        conformance::run_threads(
            static_cast<unsigned>(1 + repeated_.size()),
            [this](unsigned i) { i == 0 ? be_victim() : be_other(repeated_[i - 1]); },
            [this] {
                stop_again_and_again();
                over_ = true;
            });
    }

private:
    void be_victim() {
        std::array<std::unique_ptr<repeater>, 2> repeaters;
        for (const std::size_t operation : cast_.victim) repeaters[operation] = scene_.repeat(operation);
        const target::presence here(victim_);
        std::uint64_t fruitless = 0;
        while (!over_) {
            for (const std::size_t operation : cast_.victim) {
                victim_.enter(static_cast<int>(operation));
                const outcome result = repeaters[operation]->once();
                victim_.leave();
                by_victim_[operation].count(result);
                // Now and then, so that most stops lie inside a call.
                // relaxed: a hint.
                const std::uint64_t between = calls_between_yields_.load(std::memory_order_relaxed);
                if (result != outcome::succeeded && ++fruitless % between == 0) give_way();
            }
        }
    }

    void be_other(std::size_t operation) {
        const auto repeated = scene_.repeat(operation);
        while (!over_) {
            const outcome result = repeated->once();
            by_others_[operation].count(result);
            if (result != outcome::succeeded) give_way();
        }
    }

    void stop_again_and_again() {
        const auto begin = clock::now();
        while (clock::now() - begin < durations() * under_.duration) {
            std::this_thread::sleep_for(std::chrono::microseconds(random_below(longest_run_us)));
            if (!victim_.stop()) continue;  // has not begun yet
            ++seen_.stops;
            if (victim_.stopped_in() != target::nowhere) {
                in_vain_ = 0;
                watch_the_others(static_cast<std::size_t>(victim_.stopped_in()));
            } else if (++in_vain_ % stops_in_vain == 0) {
                yield_less();
            }
            victim_.release();
            if (claims_too_much(seen_, under_.claims, 0) || claims_too_much(seen_, under_.claims, 1)) return;
        }
    }

    void yield_less() {
        const std::uint64_t now = calls_between_yields_.load(std::memory_order_relaxed);
        calls_between_yields_.store(std::min(2 * now, most_calls_between_yields), std::memory_order_relaxed);
    }

    // A victim that is seldom caught, or gets too little processor to be caught, is given more time.
    int durations() const {
        std::uint64_t least = under_.stops;
        for (const std::size_t operation : cast_.victim) least = std::min(least, seen_.inside[operation]);
        if (least == 0) return durations_until_caught;
        return least < under_.stops ? durations_until_enough : 1;
    }

    // What is known of one operation during one stop.
    struct watch {
        std::uint64_t calls_before;
        std::uint64_t successes_before;
        std::uint64_t successes;
        clock::time_point last_success;
        std::optional<bool> held_up;
    };

    void watch_the_others(std::size_t stopped_in) {
        // For the watchdog, which gives each stop its time anew.
        const conformance::doing what("stop " + std::to_string(seen_.stops));
        ++seen_.inside[stopped_in];
        watches_ = {};
        for (const std::size_t operation : repeated_) {
            const tally& others = by_others_[operation];
            watches_[operation] = watch{others.calls, others.successes, 0, clock::now(), {}};
        }
        // After the first look: what succeeds because of the room that this makes must count.
        scene_.stop_begins();
        while (!all_settled()) {
            for (const std::size_t operation : repeated_) look_at(operation, stopped_in);
            conformance::watchdog::still_waiting();  // its own patience decides
            std::this_thread::sleep_for(between_looks);
        }
        for (const std::size_t operation : repeated_) {
            operation_seen& seen = seen_.operations[operation];
            ++seen.watched;
            if (*watches_[operation]->held_up) ++seen.held_up[stopped_in];
        }
        scene_.stop_ends();
    }

    bool all_settled() const {
        return std::all_of(repeated_.begin(), repeated_.end(), [this](std::size_t operation) {
            return watches_[operation]->held_up.has_value();
        });
    }

    void look_at(std::size_t operation, std::size_t stopped_in) {
        watch& known = *watches_[operation];
        if (known.held_up) return;
        const std::uint64_t successes = by_others_[operation].successes - known.successes_before;
        const std::uint64_t calls = by_others_[operation].calls - known.calls_before;
        const auto now = clock::now();
        if (successes != known.successes) {
            known.successes = successes;
            known.last_success = now;
        }
        if (successes >= scene_.owed()) {
            known.held_up = false;
        } else if (nobody_repeats(1 - operation) && calls >= failing_calls &&
                   scene_.may_fail(operation, all_successes(), stopped_in)) {
            known.held_up = false;
        } else if (now - known.last_success > patience_with(operation)) {
            known.held_up = true;
        }
    }

    // Then what this operation needs, room or items, comes no more.
    bool nobody_repeats(std::size_t operation) const {
        return !watches_[operation] || watches_[operation]->held_up == true;
    }

    std::chrono::milliseconds patience_with(std::size_t operation) const {
        return under_.claims[operation] == progress::blocking ? patience_without_claim : under_.patience;
    }

    two_counts all_successes() const {
        two_counts all{};
        for (std::size_t operation : {0U, 1U}) {
            all[operation] = by_victim_[operation].successes + by_others_[operation].successes;
        }
        return all;
    }

    scene& scene_;
    const cast& cast_;
    const conditions& under_;
    observation& seen_;
    std::vector<std::size_t> repeated_;  // by others
    std::atomic<std::uint64_t> calls_between_yields_{first_calls_between_yields};
    unsigned in_vain_ = 0;  // stops in a row that were in no call
    target victim_;
    std::array<tally, 2> by_victim_;
    std::array<tally, 2> by_others_;
    std::array<std::optional<watch>, 2> watches_;
    std::atomic<bool> over_{false};
};

}  // namespace

void observe(scene& tested, const cast& who, const conditions& under, observation& seen) {
    experiment(tested, who, under, seen).run();
}

bool claims_too_much(const observation& seen, const std::array<progress, 2>& claims, std::size_t operation) {
    return claims[operation] != progress::blocking && seen.operations[operation].held_up_in_all() > 0;
}

}  // namespace handoff::stalls
