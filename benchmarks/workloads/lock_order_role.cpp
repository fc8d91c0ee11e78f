#include "lock_order_role.hpp"

#include <atomic>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "harness/machine/clock.hpp"
#include "harness/machine/team.hpp"
#include "lock_watch.hpp"

namespace handoff {
namespace {

constexpr std::array<const char*, 2> thread_names = {"left to right", "right to left"};

class lock_order_role {
public:
    explicit lock_order_role(const lock_order_plan& plan) : plan_(plan) {}

    outcome run(const std::vector<int>& cpus) {
        const ticks start = harness_clock::now();
        run_team(cpus, [this](unsigned index) { work(index); });
        return finish(harness_clock::seconds(harness_clock::now() - start));
    }

private:
    void work(unsigned index) {
        watch_.name_this_thread(thread_names[index]);
        for (std::size_t n = 1; n <= plan_.tries; ++n) {
            meet(n);
            try {
                take_both(index == 0);
            } catch (const called_off&) {
                // The first lock was given back on the way here.
                ++given_up_;
                std::size_t none = 0;
                first_deadlock_.compare_exchange_strong(none, n);
            }
        }
    }

    // Both begin each try together, or they would seldom meet between two locks.
    void meet(std::size_t n) {
        ++arrived_;
        while (arrived_ < 2 * n) std::this_thread::yield();
    }

    void take_both(bool from_left) {
        switch (plan_.order) {
            case lock_order::opposite_order:
                return from_left ? one_by_one(left_, right_) : one_by_one(right_, left_);
            case lock_order::same_order:
                return one_by_one(left_, right_);
            case lock_order::scoped_lock:
                return from_left ? at_once(left_, right_) : at_once(right_, left_);
        }
    }

    void one_by_one(watched_mutex& first, watched_mutex& second) {
        const std::lock_guard one(first);
        std::this_thread::yield();  // what a program does between its two locks takes time, too
        const std::lock_guard other(second);
        enter();
    }

    void at_once(watched_mutex& one, watched_mutex& other) {
        const std::scoped_lock both(one, other);
        enter();
    }

    void enter() {
        if (inside_.exchange(true)) ++intrusions_;
        ++entered_;
        inside_ = false;
    }

    outcome finish(double seconds) {
        const std::vector<lock_ring> rings = watch_.rings();
        // For whoever runs this by hand; a campaign keeps the numbers.
        if (!rings.empty()) std::cerr << "deadlock: " << text(rings.front()) << '\n';
        outcome result;
        result.error = wrong(rings);
        result.values = {{"window_s", seconds},
                         {"verified", 1.0},
                         {"tries", static_cast<double>(plan_.tries)},
                         {"deadlocks", static_cast<double>(rings.size())},
                         {"first_deadlock", static_cast<double>(first_deadlock_.load())}};
        return result;
    }

    std::string wrong(const std::vector<lock_ring>& rings) const {
        const std::string tries = std::to_string(plan_.tries) + " tries";
        const std::size_t given_up = given_up_;
        if (intrusions_ != 0 || entered_ + given_up != 2 * plan_.tries || given_up != rings.size())
            return "unverified: of two threads with " + tries + " each, both locks were had " +
                   std::to_string(entered_) + " times, " + std::to_string(given_up) + " times given up, " +
                   std::to_string(intrusions_.load()) + " times by both at once";
        if (plan_.order != lock_order::opposite_order)
            return rings.empty() ? ""
                                 : "unverified: " + std::to_string(rings.size()) + " deadlocks in " + tries +
                                       ": " + text(rings.front());
        if (rings.empty()) return "unverified: no deadlock within " + tries;
        for (const lock_ring& ring : rings)
            if (!is_the_known_one(ring))
                return "unverified: a deadlock that cannot be was named: " + text(ring);
        return {};
    }

    // Each of the two threads once, and what each holds and waits for is the other way round.
    static bool is_the_known_one(const lock_ring& ring) {
        if (ring.size() != 2 || ring[0].thread == ring[1].thread) return false;
        for (const ring_link& one : ring) {
            const bool from_left = one.thread == thread_names[0];
            if (!from_left && one.thread != thread_names[1]) return false;
            if (one.holds != (from_left ? "left" : "right") ||
                one.waits_for != (from_left ? "right" : "left"))
                return false;
        }
        return true;
    }

    const lock_order_plan& plan_;
    lock_watch watch_;
    watched_mutex left_{watch_, "left"};
    watched_mutex right_{watch_, "right"};
    std::atomic<std::size_t> arrived_{0};
    std::atomic<std::size_t> given_up_{0};
    std::atomic<std::size_t> first_deadlock_{0};  // the try; 0: none so far
    std::atomic<bool> inside_{false};
    std::atomic<std::size_t> intrusions_{0};
    std::size_t entered_ = 0;  // guarded by both locks
};

}  // namespace

outcome run_lock_order(const lock_order_plan& plan) {
    return take_job_sample(plan.settings, 2,
                           [&plan](const std::vector<int>& cpus) { return lock_order_role(plan).run(cpus); });
}

}  // namespace handoff
