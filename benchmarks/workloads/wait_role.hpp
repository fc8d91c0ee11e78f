// One thread puts items into a slot, and others wait for them: how late is an item seen, what
// does waiting cost, and what does it cost to wake?
//
// Each item comes a gap after the one before was taken, so that it always finds threads that wait. At set
// times of day a slow wake-up would let items pile up, and the thread would find the next one without having
// waited.
#pragma once

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/item.hpp"
#include "harness/latency.hpp"
#include "harness/machine/clock.hpp"
#include "harness/machine/team.hpp"
#include "harness/machine/usage.hpp"
#include "harness/sample.hpp"
#include "harness/verify.hpp"
#include "steps.hpp"
#include "support/cache_line.hpp"
#include "support/pause.hpp"
#include "wait.hpp"

namespace handoff {

struct wait_plan {
    run_settings settings{};
    unsigned waiters = 1;
    unsigned gap_us = 100;  // from when an item is taken to the next one
    unsigned hungry = 0;    // further threads that keep the CPU busy which the first waiting thread is on
};

// The same with a window that has some items in it: a gap may be longer than the window that was asked for.
wait_plan with_time_for_items(wait_plan plan);

struct letter {
    item_tag tag = 0;
    ticks sent = 0;         // when its producer was about to put it in
    bool measured = false;  // whether the window was open then

    bool torn() const { return false; }
};

// The slot. What is put in is there for one attempt to take.
class letter_box {
public:
    // Only if it is empty, that is, taken() says the tag before.
    void put(const letter& one) {
        letter_ = one;
        // (1) release: pairs with (3); publishes the letter.
        state_.store(full, std::memory_order_release);
    }
    // From now on all attempts succeed, and find the stop tag.
    void close() {
        // (2) release: pairs with (3); publishes what the producer has written down.
        state_.store(closed, std::memory_order_release);
    }

    [[gnu::always_inline]] bool take(letter& into) {
        // (3) acquire: pairs with (1) and (2).
        unsigned seen = state_.load(std::memory_order_acquire);
        if (seen == empty) return false;
        if (seen == closed) {
            into.tag = stop_tag;
            return true;
        }
        // relaxed: the load has acquired what a success takes, and a failure takes nothing.
        if (!state_.compare_exchange_strong(seen, empty, std::memory_order_relaxed)) return false;
        into = letter_;
        // (4) release: pairs with (5); the letter has been read.
        taken_.store(into.tag, std::memory_order_release);
        return true;
    }

    // The tag that was taken last.
    item_tag taken() const {
        // (5) acquire: pairs with (4); the next letter may be written.
        return taken_.load(std::memory_order_acquire);
    }

private:
    static constexpr unsigned empty = 0;
    static constexpr unsigned full = 1;
    static constexpr unsigned closed = 2;

    alignas(no_false_sharing) std::atomic<unsigned> state_{empty};
    letter letter_;
    alignas(no_false_sharing) std::atomic<item_tag> taken_{0};
};

// What one waiting thread did. Its CPU time is the producer's to read, at the window's edges: a thread that
// sleeps sees none of them.
struct alignas(no_false_sharing) waiter_use {
    thread_cpu_clock clock;
    double cpu_seconds = 0.0;  // within the window
    latency_recorder lateness;
    verdict seen;
    std::uint64_t premature = 0;  // times that `until` came back without an item
};

// What the producer did.
struct producer_use {
    thread_record within;  // its record of the window; what it did there was to keep time, busily
    latency_recorder notifying;
    std::uint64_t put = 0;
    bool in_vain = false;  // no thread came for the last item
};

figures wait_figures(const wait_plan& plan, const producer_use& producer,
                     const std::vector<waiter_use>& waiters);
// Empty: each item was seen once, in order, and none was slept through.
std::string wait_error(const producer_use& producer, const std::vector<waiter_use>& waiters);

template <class W>
class wait_role {
public:
    explicit wait_role(const wait_plan& plan)
        : plan_(with_time_for_items(plan)),
          threads_(1 + plan.waiters + plan.hungry),
          oversubscribed_(is_oversubscribed(plan.settings, threads_)),
          waiters_(plan.waiters) {}

    outcome run() {
        sample s = take_sample({.settings = plan_.settings,
                                .threads = threads_,
                                .feeding = 0,
                                .body = [this](unsigned i, window& w, thread_record& r) { body(i, w, r); },
                                .wake_all = [] {}});
        outcome result = std::move(s.result);
        if (std::string wrong = wait_error(producer_, waiters_); !wrong.empty())
            result.error = std::move(wrong);
        for (auto& figure : wait_figures(plan_, producer_, waiters_))
            result.values.push_back(std::move(figure));
        return result;
    }

private:
    void body(unsigned index, window& w, thread_record& record) {
        if (index == 0) {
            produce(w);
        } else if (index <= plan_.waiters) {
            await(waiters_[index - 1], index == 1, w, record);
        } else {
            hunger(w);
        }
    }

    void produce(const window& w) {
        while (ready_.load() < plan_.waiters && !w.abandoned()) yield();
        meter m(w, producer_.within);
        if (m.measuring()) note_cpu();
        const ticks gap = harness_clock::from_ns(1e3 * plan_.gap_us);
        std::uint64_t done = 0;
        while (pass(harness_clock::now() + gap, w)) {
            const bool measured = m.measuring();
            const bool ended = m.edge(done);
            if (m.measuring() != measured) note_cpu();
            if (ended) break;
            const item_tag tag = make_tag(0, ++done);
            box_.put({tag, harness_clock::now(), m.measuring()});
            const ticks there = harness_clock::now();
            event_.notify_one();
            if (m.measuring()) producer_.notifying.record(harness_clock::now() - there);
            while (box_.taken() != tag && !w.abandoned()) rest();
            if (box_.taken() != tag) producer_.in_vain = true;
        }
        producer_.put = done;
        box_.close();
        for (unsigned i = 0; i < plan_.waiters; ++i) event_.notify_one();
    }

    // Whole gaps only, also at the window's end: what waiting costs is counted for whole items. False if the
    // run was given up.
    bool pass(ticks due, const window& w) const {
        while (harness_clock::now() < due && !w.abandoned()) rest();
        return !w.abandoned();
    }
    // The producer does not sleep: a wake-up of its own would be later than what is measured.
    void rest() const { oversubscribed_ ? yield() : pause(); }

    // At the window's opening and again at its end.
    void note_cpu() {
        for (waiter_use& one : waiters_) one.cpu_seconds = one.clock.seconds() - one.cpu_seconds;
    }

    void await(waiter_use& mine, bool first, const window& w, thread_record& record) {
        mine.clock = thread_cpu_clock::of_this_thread();
        if (first) first_cpu_ = sched_getcpu();
        ready_.fetch_add(1);
        producer_book book;
        receiver got(book);
        for (;;) {
            letter one;
            bool has_one = false;
            event_.until([&] { return box_.take(one) && (has_one = true); });
            const ticks now = harness_clock::now();
            if (!has_one) [[unlikely]] {
                ++mine.premature;
                if (w.abandoned()) return;
                continue;
            }
            if (one.tag == stop_tag) break;
            if (one.measured) mine.lateness.record(now - std::min(now, one.sent));
            got.take(one);
        }
        mine.seen = got.seen();
        record.done.operations = mine.lateness.total();
        record.elapsed = producer_.within.elapsed;
        record.used.cpu_seconds = mine.cpu_seconds;
    }

    void hunger(const window& w) {
        while (ready_.load() < plan_.waiters && !w.abandoned()) yield();
        if (plan_.settings.placement != "none") pin_this_thread(first_cpu_);
        while (!w.draining()) spend(1000);
    }

    const wait_plan plan_;
    const unsigned threads_;
    const bool oversubscribed_;
    alignas(no_false_sharing) W event_;
    letter_box box_;
    std::atomic<unsigned> ready_{0};  // waiting threads that have begun
    int first_cpu_ = 0;               // which the first of them is on
    producer_use producer_;
    std::vector<waiter_use> waiters_;
};

struct wait_workload {
    static constexpr std::string_view name = "wait";
    using plan = wait_plan;

    template <class W>
    static outcome run(const plan& asked) {
        return std::make_unique<wait_role<W>>(asked)->run();
    }
};

}  // namespace handoff
