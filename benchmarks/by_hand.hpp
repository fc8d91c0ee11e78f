// The loops that somebody would write who wants to know how fast a queue is: pinned threads, a fixed count
// after a warm-up, the values checked as thoroughly as the harness does. What the harness is held against.
//
// Each comes in two spellings that mean the same. Where these two disagree the figure depends on what the
// compiler makes of a loop, and cannot tell what the harness costs.
#pragma once

#include <memory>
#include <stdexcept>
#include <vector>

#include "../impls/support/pause.hpp"
#include "harness/clock.hpp"
#include "harness/item.hpp"
#include "harness/team.hpp"
#include "harness/verify.hpp"
#include "harness/wait.hpp"

namespace handoff::by_hand {

struct spin {
    static constexpr wait_kind kind = wait_kind::spin;
    static void wait() {}
};
struct pause {
    static constexpr wait_kind kind = wait_kind::pause;
    static void wait() { handoff::pause(); }
};

// retry_in_place: `while (!try_pop(v)) wait();` within the loop over the items.
// one_loop: one loop over all tries, which counts the items.
enum class spelling { retry_in_place, one_loop };

// Calls `attempt` until it has succeeded `count` times, and `then(i)` after the i-th success, from 1.
template <spelling Spelling, class Wait, class Attempt, class Then>
[[gnu::always_inline]] inline void repeat(std::uint64_t count, Attempt attempt, Then then) {
    if constexpr (Spelling == spelling::retry_in_place) {
        for (std::uint64_t i = 1; i <= count; ++i) {
            while (!attempt(i)) Wait::wait();
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

// Mean round trip in ns over two queues.
template <class Q, class Wait, spelling Spelling>
double ping_pong(const std::vector<int>& cpus) {
    using element = typename Q::value_type;
    constexpr std::uint64_t warm_up = 15'000;
    constexpr std::uint64_t trips = warm_up + 50'000;
    const auto there = std::make_unique<Q>(64);
    const auto back = std::make_unique<Q>(64);
    ticks spent = 0;
    std::uint64_t wrong = 0;
    run_team(cpus, [&](unsigned side) {
        element v;
        if (side == 1) {
            typename Q::consumer in(*there);
            typename Q::producer out(*back);
            repeat<Spelling, Wait>(
                trips, [&](std::uint64_t) { return in.try_pop(v); },
                [&](std::uint64_t) {
                    while (!out.try_push(std::move(v))) Wait::wait();
                });
            return;
        }
        typename Q::producer out(*there);
        typename Q::consumer in(*back);
        const auto send = [&](std::uint64_t i) {
            v = element::make(i);
            while (!out.try_push(std::move(v))) Wait::wait();
        };
        ticks start = 0;
        send(1);
        repeat<Spelling, Wait>(
            trips, [&](std::uint64_t) { return in.try_pop(v); },
            [&](std::uint64_t i) {
                wrong += v.tag != i;
                if (i == warm_up) start = harness_clock::now();
                if (i < trips) send(i + 1);
            });
        spent = harness_clock::now() - start;
    });
    if (wrong != 0) throw std::runtime_error("failed: the loop by hand got wrong values");
    return harness_clock::ns(spent) / static_cast<double>(trips - warm_up);
}

// Mean ns per item from one producer to one consumer.
template <class Q, class Wait, spelling Spelling>
double throughput(std::size_t capacity, const std::vector<int>& cpus) {
    using element = typename Q::value_type;
    constexpr std::uint64_t warm_up = 250'000;
    constexpr std::uint64_t items = warm_up + 1'000'000;
    const auto queue = std::make_unique<Q>(capacity);
    ticks spent = 0;
    std::uint64_t wrong = 0;
    run_team(cpus, [&](unsigned side) {
        if (side == 0) {
            typename Q::producer out(*queue);
            repeat<Spelling, Wait>(
                items,
                [&](std::uint64_t i) {
                    element v = element::make(make_tag(0, i));
                    return out.try_push(std::move(v));
                },
                [](std::uint64_t) {});
            return;
        }
        typename Q::consumer in(*queue);
        element v;
        producer_book book;
        receiver got(book);
        ticks start = 0;
        repeat<Spelling, Wait>(
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
