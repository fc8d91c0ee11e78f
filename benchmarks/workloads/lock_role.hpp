// Threads take one lock, again and again: alone, to change two words that must always agree, or, a share of
// the times, to read them.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/latency.hpp"
#include "harness/machine/clock.hpp"
#include "harness/sample.hpp"
#include "lock.hpp"
#include "percentiles.hpp"
#include "steps.hpp"
#include "support/cache_line.hpp"

namespace handoff {

struct lock_plan {
    run_settings settings{};
    unsigned threads = 1;
    unsigned inside = 0;   // steps of work with the lock
    unsigned outside = 0;  // and without it
    unsigned read = 0;     // of a hundred times, how often a thread reads
};

// What the lock guards. Both words are the number of times that it was taken alone; within such a time they
// differ. Atomic, so that a lock that does not exclude makes them wrong and nothing undefined; relaxed, so
// that they cost what plain words do.
class guarded_words {
public:
    // False: they did not agree, so that another thread was in the lock.
    bool change(unsigned steps) {
        const std::uint64_t seen = get(first_);
        const bool agreed = get(second_) == seen;
        set(first_, seen + 1);
        spend(steps);
        set(second_, seen + 1);
        return agreed;
    }
    bool read(unsigned steps) const {
        const std::uint64_t seen = get(first_);
        spend(steps);
        return get(second_) == seen;
    }
    // For who is in the lock: how often it was taken alone so far.
    std::uint64_t changes() const { return get(first_); }
    bool agree_on(std::uint64_t changes) const { return get(first_) == changes && get(second_) == changes; }

private:
    using word = std::atomic<std::uint64_t>;

    // relaxed, both: the lock under test orders them, or is found out.
    static std::uint64_t get(const word& from) { return from.load(std::memory_order_relaxed); }
    static void set(word& to, std::uint64_t value) { to.store(value, std::memory_order_relaxed); }

    alignas(no_false_sharing) word first_{0};
    word second_{0};
};

// What one thread did, written by it alone.
struct alignas(no_false_sharing) lock_use {
    std::uint64_t changes = 0;
    std::uint64_t reads = 0;
    std::uint64_t disagreements = 0;
    std::uint64_t longest_gap = 0;  // most changes of others between two times that it had the lock
    latency_recorder waits;         // from the call of lock to its return
};

figures lock_figures(const sample& s, const lock_plan& plan, std::vector<lock_use>& uses);
// Empty: the lock has excluded.
std::string lock_error(const guarded_words& guarded, const std::vector<lock_use>& uses);

template <class L>
class lock_role {
public:
    explicit lock_role(const lock_plan& plan) : plan_(plan), uses_(plan.threads) {}

    outcome run() {
        sample s = take_sample({.settings = plan_.settings,
                                .threads = plan_.threads,
                                .feeding = 0,
                                .body = [this](unsigned i, window& w, thread_record& r) { work(i, w, r); },
                                .wake_all = [] {}});
        outcome result = std::move(s.result);
        if (std::string wrong = lock_error(guarded_, uses_); !wrong.empty()) result.error = std::move(wrong);
        for (auto& figure : lock_figures(s, plan_, uses_)) result.values.push_back(std::move(figure));
        return result;
    }

private:
    // One acquisition in so many gets time stamps, which would cost a short one as much as the lock.
    static constexpr std::uint64_t stamped_every = 16;

    void work(unsigned index, window& w, thread_record& record) {
        typename L::handle handle(lock_);
        meter m(w, record);
        lock_use use;
        std::uint64_t had_at = 0;
        // A thread's reads are spread evenly, and not at the same times as another's.
        unsigned share = index * 37 % 100;
        for (std::uint64_t done = 0; !m.edge(done); ++done) {
            share += plan_.read;
            const bool reads = share >= 100;
            if (reads) share -= 100;
            const bool stamped = done % stamped_every == 0 && m.measuring();
            const ticks asked = stamped ? harness_clock::now() : 0;
            take(handle, reads);
            if (stamped) use.waits.record(harness_clock::now() - asked);
            const std::uint64_t now = guarded_.changes();
            if (m.measuring() && now - had_at > use.longest_gap) use.longest_gap = now - had_at;
            const bool agreed = reads ? guarded_.read(plan_.inside) : guarded_.change(plan_.inside);
            leave(handle, reads);
            had_at = reads ? now : now + 1;
            ++(reads ? use.reads : use.changes);
            if (!agreed) [[unlikely]]
                ++use.disagreements;
            spend(plan_.outside);
        }
        uses_[index] = std::move(use);
    }

    // Readers of a lock that has no shared side take it alone.
    static void take(typename L::handle& handle, bool reads) {
        if constexpr (shared_lock_handle<typename L::handle>) {
            if (reads) return handle.lock_shared();
        }
        handle.lock();
    }
    static void leave(typename L::handle& handle, bool reads) {
        if constexpr (shared_lock_handle<typename L::handle>) {
            if (reads) return handle.unlock_shared();
        }
        handle.unlock();
    }

    const lock_plan& plan_;
    alignas(no_false_sharing) L lock_;
    guarded_words guarded_;
    std::vector<lock_use> uses_;
};

struct lock_workload {
    static constexpr std::string_view name = "lock";
    using plan = lock_plan;

    template <class L>
    static outcome run(const plan& asked) {
        return std::make_unique<lock_role<L>>(asked)->run();
    }
};

}  // namespace handoff
