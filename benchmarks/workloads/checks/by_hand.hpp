// The loops that somebody would write who wants to know how fast a queue is: pinned threads, a fixed count
// after a warm-up, the values checked as thoroughly as the harness does, each queue on cache lines of its
// own. What the harness is held against.
//
// How a failed try is repeated is a condition of the measurement like the queue itself: where both ends fight
// for one line, a nanosecond more or less between two tries decides how often they meet. So one spelling
// waits as the harness does, and tells what the harness costs. The other two wait in their own ways, which
// mean the same; where these disagree, the figure depends on what the compiler makes of a loop.
#pragma once

#include <array>
#include <memory>
#include <stdexcept>
#include <vector>

#include "harness/item.hpp"
#include "harness/machine/clock.hpp"
#include "harness/machine/team.hpp"
#include "harness/verify.hpp"
#include "harness/wait.hpp"
#include "support/cache_line.hpp"
#include "support/pause.hpp"

namespace handoff::by_hand {

struct spin {
    static constexpr wait_kind kind = wait_kind::spin;
    static void wait() {}
};
struct pause {
    static constexpr wait_kind kind = wait_kind::pause;
    static void wait() { handoff::pause(); }
};

// harness_waits: the harness's wait_loop between tries.
// retry_in_place: `while (!try_pop(v)) wait();` within the loop over the items.
// one_loop: one loop over all tries, which counts the items.
enum class spelling { harness_waits, retry_in_place, one_loop };

template <class Q>
struct alignas(no_false_sharing) on_lines_of_its_own {
    explicit on_lines_of_its_own(std::size_t capacity) : queue(capacity) {}
    Q queue;
};

template <class Q>
struct two_queues {
    explicit two_queues(std::size_t capacity) : there(capacity), back(capacity) {}
    on_lines_of_its_own<Q> there;
    on_lines_of_its_own<Q> back;
};

// One end's tries.
template <spelling Spelling, class Wait>
class tries {
public:
    template <class Attempt>
    [[gnu::always_inline]] void until(Attempt attempt) {
        while (!attempt()) Wait::wait();
    }

    // Calls `attempt` until it has succeeded `count` times, and `then(i)` after the i-th success, from 1.
    template <class Attempt, class Then>
    [[gnu::always_inline]] void repeat(std::uint64_t count, Attempt attempt, Then then) {
        if constexpr (Spelling == spelling::retry_in_place) {
            for (std::uint64_t i = 1; i <= count; ++i) {
                until([&] { return attempt(i); });
                then(i);
            }
        } else {
            for (std::uint64_t i = 1; i <= count;) {
                if (attempt(i)) {
                    then(i);
                    ++i;
                } else {
                    Wait::wait();
                }
            }
        }
    }
};

template <class Wait>
class tries<spelling::harness_waits, Wait> {
public:
    template <class Attempt>
    [[gnu::always_inline]] void until(Attempt attempt) {
        wait_.until(attempt, [] { return false; });
    }

    template <class Attempt, class Then>
    [[gnu::always_inline]] void repeat(std::uint64_t count, Attempt attempt, Then then) {
        for (std::uint64_t i = 1; i <= count; ++i) {
            until([&] { return attempt(i); });
            then(i);
        }
    }

private:
    eventcount nobody_sleeps_;
    wait_loop wait_{Wait::kind, false, nobody_sleeps_, nobody_sleeps_};
};

// Mean round trip in ns over two queues.
template <class Q, class Wait, spelling Spelling>
double ping_pong(const std::vector<int>& cpus) {
    using element = typename Q::value_type;
    constexpr std::uint64_t warm_up = 15'000;
    constexpr std::uint64_t trips = warm_up + 50'000;
    const auto held = std::make_unique<two_queues<Q>>(64);
    Q& there = held->there.queue;
    Q& back = held->back.queue;
    ticks spent = 0;
    std::array<std::uint64_t, 2> wrong{};
    run_team(cpus, [&](unsigned side) {
        element v;
        std::uint64_t not_mine = 0;
        tries<Spelling, Wait> pushes;
        tries<Spelling, Wait> pops;
        if (side == 1) {
            typename Q::consumer in(there);
            typename Q::producer out(back);
            pops.repeat(
                trips, [&](std::uint64_t) { return in.try_pop(v); },
                [&](std::uint64_t i) {
                    not_mine += v.tag != i;
                    pushes.until([&] { return out.try_push(std::move(v)); });
                });
            wrong[side] = not_mine;
            return;
        }
        typename Q::producer out(there);
        typename Q::consumer in(back);
        const auto send = [&](std::uint64_t i) {
            v = element::make(i);
            pushes.until([&] { return out.try_push(std::move(v)); });
        };
        ticks start = 0;
        send(1);
        pops.repeat(
            trips, [&](std::uint64_t) { return in.try_pop(v); },
            [&](std::uint64_t i) {
                not_mine += v.tag != i;
                if (i == warm_up) start = harness_clock::now();
                if (i < trips) send(i + 1);
            });
        spent = harness_clock::now() - start;
        wrong[side] = not_mine;
    });
    if (wrong[0] + wrong[1] != 0) throw std::runtime_error("failed: the loop by hand got wrong values");
    return harness_clock::ns(spent) / static_cast<double>(trips - warm_up);
}

// Mean ns per item from one producer to one consumer.
template <class Q, class Wait, spelling Spelling>
double throughput(std::size_t capacity, const std::vector<int>& cpus) {
    using element = typename Q::value_type;
    constexpr std::uint64_t warm_up = 250'000;
    constexpr std::uint64_t items = warm_up + 1'000'000;
    const auto held = std::make_unique<on_lines_of_its_own<Q>>(capacity);
    ticks spent = 0;
    std::uint64_t wrong = 0;
    run_team(cpus, [&](unsigned side) {
        tries<Spelling, Wait> mine;
        if (side == 0) {
            typename Q::producer out(held->queue);
            mine.repeat(
                items,
                [&](std::uint64_t i) {
                    element v = element::make(make_tag(0, i));
                    return out.try_push(std::move(v));
                },
                [](std::uint64_t) {});
            return;
        }
        typename Q::consumer in(held->queue);
        element v;
        producer_book book;
        receiver got(book);
        ticks start = 0;
        mine.repeat(
            items, [&](std::uint64_t) { return in.try_pop(v); },
            [&](std::uint64_t i) {
                got.take(v);
                if (i == warm_up) start = harness_clock::now();
            });
        spent = harness_clock::now() - start;
        wrong = got.seen().overtakes + (got.seen().popped != tally::of_sequence(0, items));
    });
    if (wrong != 0) throw std::runtime_error("failed: the loop by hand got wrong values");
    return harness_clock::ns(spent) / static_cast<double>(items - warm_up);
}

}  // namespace handoff::by_hand
