#include "yardstick.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <latch>
#include <optional>
#include <span>

#include "harness/machine/clock.hpp"
#include "harness/machine/fresh_pages.hpp"
#include "harness/machine/team.hpp"
#include "median.hpp"
#include "support/cache_line.hpp"
#include "support/pause.hpp"

namespace handoff {
namespace {

// Of each form, in turns, so that all see the same machine: about 1.3 ms for all four at 100 ns a round trip,
// 9 ms at 700 ns. The median of batches drops those that an interrupt fell into.
constexpr std::size_t batches = 31;
constexpr std::uint64_t round_trips_per_batch = 100;
constexpr std::size_t most_pairs = 8;
constexpr std::size_t walked = 32;  // lines of each side; a ring of 64 places has as many in all

// Odd: the ball is with b. Even: with a. Where a line stays, the two hand it over by writing it in turns.
struct alignas(no_false_sharing) line {
    std::atomic<std::uint64_t> ball{0};
};

// Each side's own lines are in pages that are new, and that it has touched first: the kernel then puts them
// near it.
using own_lines = std::array<std::optional<fresh_pages<line>>, 2>;

// Over which lines a batch goes: side 0 writes first[0], first[1], … and side 1 writes second[0], second[1],
// …
struct course {
    std::span<line> first;
    std::span<line> second;
};

// One side's part of a batch, in which the ball's values follow `from`. acquire/release: the cheapest orders
// with which a hand-over of data would be correct.
template <class Wait>
void play(const course& lines, std::uint64_t from, unsigned side, Wait wait) {
    const auto await = [wait](const line& awaited, std::uint64_t value) {
        while (awaited.ball.load(std::memory_order_acquire) != value) wait();
    };
    for (std::uint64_t trip = 0; trip < round_trips_per_batch; ++trip) {
        line& out = lines.first[trip % lines.first.size()];
        line& back = lines.second[trip % lines.second.size()];
        const std::uint64_t value = from + 2 * trip;
        if (side == 0) {
            out.ball.store(value + 1, std::memory_order_release);
            await(back, value + 2);
        } else {
            await(out, value + 1);
            back.ball.store(value + 2, std::memory_order_release);
        }
    }
}

struct named_form {
    const char* name;
    double round_trips::*median_of;
    bool paused;
    bool walks;
};

constexpr std::array<named_form, 4> all_forms{
    {{"bare_standing", &round_trips::bare_standing, false, false},
     {"paused_standing", &round_trips::paused_standing, true, false},
     {"bare_walking", &round_trips::bare_walking, false, true},
     {"paused_walking", &round_trips::paused_walking, true, true}}};

class table {
public:
    // Runs on both sides, which meet at their first line; only side 0 keeps the times.
    void play_all(unsigned side) {
        lines_[side].emplace(side == 0 ? batches + 1 + walked : walked);
        both_have_lines_.arrive_and_wait();
        std::uint64_t from = 0;
        for (std::size_t batch = 0; batch <= batches; ++batch) {
            for (std::size_t i = 0; i < all_forms.size(); ++i) {
                const double ns = time(all_forms[i], batch, from, side);
                from += 2 * round_trips_per_batch;
                if (side == 0 && batch > 0) per_trip_[i].push_back(ns);  // the first warms up
            }
        }
    }

    round_trips medians() {
        round_trips all;
        for (std::size_t i = 0; i < all_forms.size(); ++i)
            all.*all_forms[i].median_of = median(std::move(per_trip_[i]));
        return all;
    }

private:
    // Where a line lies may matter, so that one that stays is another in each batch.
    course course_of(const named_form& one, std::size_t batch) {
        const std::span<line> of_a = lines_[0]->all();
        if (one.walks) return {of_a.first(walked), lines_[1]->all()};
        const std::span<line> stays = of_a.subspan(walked + batch, 1);
        return {stays, stays};
    }

    double time(const named_form& one, std::size_t batch, std::uint64_t from, unsigned side) {
        const course lines = course_of(one, batch);
        const ticks start = harness_clock::now();
        if (one.paused)
            play(lines, from, side, [] { pause(); });
        else
            play(lines, from, side, [] {});
        return harness_clock::ns(harness_clock::now() - start) / static_cast<double>(round_trips_per_batch);
    }

    std::latch both_have_lines_{2};
    own_lines lines_;
    std::array<std::vector<double>, all_forms.size()> per_trip_;  // ns, of each form's batches
};

}  // namespace

double round_trips::hardware() const {
    return std::min({bare_standing, paused_standing, bare_walking, paused_walking});
}

round_trips round_trips_between(int cpu_a, int cpu_b) {
    table both_sides;
    run_team({cpu_a, cpu_b}, [&](unsigned side) { both_sides.play_all(side); });
    return both_sides.medians();
}

std::vector<std::pair<int, int>> measured_pairs(const std::vector<std::pair<int, int>>& pairs) {
    const std::size_t step = std::max<std::size_t>(1, (pairs.size() + most_pairs - 1) / most_pairs);
    std::vector<std::pair<int, int>> chosen;
    for (std::size_t i = 0; i < pairs.size(); i += step) chosen.push_back(pairs[i]);
    return chosen;
}

std::optional<round_trips> yardstick(const std::vector<std::pair<int, int>>& pairs) {
    if (pairs.empty()) return std::nullopt;
    std::vector<round_trips> measured;
    for (const auto& [a, b] : measured_pairs(pairs)) measured.push_back(round_trips_between(a, b));
    round_trips middle;
    for (const named_form& one : all_forms) {
        std::vector<double> values;
        for (const round_trips& pair : measured) values.push_back(pair.*one.median_of);
        middle.*one.median_of = median(std::move(values));
    }
    return middle;
}

std::vector<std::pair<std::string, double>> yardstick_figures(const round_trips& before,
                                                              const round_trips& after) {
    std::vector<std::pair<std::string, double>> figures = {{"yardstick_before_ns", before.hardware()},
                                                           {"yardstick_after_ns", after.hardware()}};
    for (const named_form& one : all_forms) {
        figures.emplace_back(std::string(one.name) + "_before_ns", before.*one.median_of);
        figures.emplace_back(std::string(one.name) + "_after_ns", after.*one.median_of);
    }
    return figures;
}

}  // namespace handoff
