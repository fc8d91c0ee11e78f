#include "yardstick.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "harness/machine/clock.hpp"
#include "harness/machine/team.hpp"
#include "median.hpp"
#include "support/cache_line.hpp"

namespace handoff {
namespace {

// 101 batches of 200 round trips: about 2 ms at 100 ns each, 14 ms at 700 ns. The median of batches drops
// those that an interrupt fell into.
constexpr std::size_t batches = 101;
constexpr std::uint64_t round_trips = 200;
constexpr std::size_t most_pairs = 8;

// One side's part of the round trips over a line. acquire/release: the cheapest orders with which a hand-over
// of data would be correct.
void play(std::atomic<std::uint64_t>& ball, unsigned side) {
    const auto await = [&ball](std::uint64_t value) {
        while (ball.load(std::memory_order_acquire) != value) {
        }
    };
    for (std::uint64_t n = 0; n < 2 * round_trips; n += 2) {
        if (side == 0) {
            ball.store(n + 1, std::memory_order_release);
            await(n + 2);
        } else {
            await(n + 1);
            ball.store(n + 2, std::memory_order_release);
        }
    }
}

}  // namespace

double cache_line_round_trip_ns(int cpu_a, int cpu_b) {
    struct alignas(no_false_sharing) line {
        // Odd: the ball is with b. Even: with a. The two hand it over by writing the one line in turns.
        std::atomic<std::uint64_t> ball{0};
    };
    std::vector<line> lines(batches + 1);
    std::vector<double> per_trip;
    run_team({cpu_a, cpu_b}, [&](unsigned side) {
        for (line& shared : lines) {
            const ticks start = harness_clock::now();
            play(shared.ball, side);
            const double ns = harness_clock::ns(harness_clock::now() - start);
            // The first line warms up.
            if (side == 0 && &shared != lines.data())
                per_trip.push_back(ns / static_cast<double>(round_trips));
        }
    });
    return median(std::move(per_trip));
}

std::vector<std::pair<int, int>> measured_pairs(const std::vector<std::pair<int, int>>& pairs) {
    const std::size_t step = std::max<std::size_t>(1, (pairs.size() + most_pairs - 1) / most_pairs);
    std::vector<std::pair<int, int>> chosen;
    for (std::size_t i = 0; i < pairs.size(); i += step) chosen.push_back(pairs[i]);
    return chosen;
}

std::optional<double> yardstick_ns(const std::vector<std::pair<int, int>>& pairs) {
    if (pairs.empty()) return std::nullopt;
    std::vector<double> values;
    for (const auto& [a, b] : measured_pairs(pairs)) values.push_back(cache_line_round_trip_ns(a, b));
    return median(std::move(values));
}

}  // namespace handoff
