// Runs the threads of one execution one at a time, each on a fiber. Before every operation on what threads
// share, and wherever one cannot go on, the decisions say who is next.
//
// Bounded are, per execution, the preemptions: a switch away from a thread that could go on and did not offer
// it by a pause. A thread that spins (two looks at the same with a pause between) does not run again before
// something that it looked at has changed, so loops that wait are finite; where nobody can run any more, a
// thread waits for what will not come: a lost wake-up, a deadlock or a livelock.
#pragma once

#include <array>
#include <exception>
#include <functional>
#include <string>
#include <vector>

#include "decisions.hpp"
#include "fiber.hpp"
#include "vector_clock.hpp"

namespace handoff::exploration {

struct bounds {
    static constexpr unsigned none = ~0u;

    unsigned preemptions = none;
    // Reads of something else than the latest store, and stores that are not put last.
    unsigned stale = none;
    // Weak compare-exchanges, futex and condition variable waits that fail for no reason.
    unsigned spurious = none;
    unsigned steps = 4000;  // more in one execution: a livelock
};

class scheduler {
public:
    // Runs `body` as thread 0, and what it starts, to the end or until it is broken off.
    void run(const std::function<void()>& body, decisions& from, const bounds& limits);
    // Never returns to the thread that calls it: the execution is over.
    [[noreturn]] void break_off();

    // Of the running execution:
    unsigned current() const { return current_; }
    unsigned threads() const { return count_; }
    unsigned steps() const { return steps_; }
    const std::vector<unsigned>& choices() const { return choices_; }
    unsigned start(std::function<void()> work);

    // Another thread may run first. False: too many steps.
    [[nodiscard]] bool step();
    [[nodiscard]] bool count_step() { return ++steps_ <= limits_.steps; }
    // Gives way until `can_run`. `can_wake` is for a wait that may also end for no reason, which never saves
    // an execution in which all wait. False: nobody can run.
    enum class ended { ready, for_no_reason, never };
    ended wait(const char* what, const std::function<bool()>& can_run, bool can_wake = false);
    bool finished(unsigned thread) const { return threads_[thread].is_finished; }
    // Whether all were waiting when the last that could run had finished.
    bool is_stuck() const { return is_stuck_; }
    // What each thread that has not finished waits for.
    std::string waiting() const;

    // A decision; the alternatives after the first are taken from a budget, unless it is null.
    unsigned choose(unsigned count, unsigned first_percent, unsigned* budget = nullptr);
    static void spend(unsigned& budget) {
        if (budget != bounds::none) --budget;
    }
    unsigned stale_left = 0;
    unsigned spurious_left = 0;

private:
    struct task {
        fiber stack;
        std::function<void()> work;
        bool is_finished = false;
        bool is_waiting = false;
        bool can_wake = false;
        bool woke_for_no_reason = false;
        const char* waits_for = "";
        const std::function<bool()>* can_run = nullptr;
    };

    static void entry();
    void finish();
    unsigned decide(unsigned count, unsigned first_percent);
    bool runnable(unsigned thread) const;
    bool hand_over();
    void change_to(unsigned next);

    static scheduler* running_;

    std::array<task, max_threads> threads_;
    fiber outside_;
    unsigned count_ = 0;
    unsigned current_ = 0;
    unsigned steps_ = 0;
    bool is_stuck_ = false;
    unsigned preemptions_left_ = 0;
    bounds limits_;
    decisions* decisions_ = nullptr;
    std::exception_ptr error_;
    std::vector<unsigned> choices_;
    std::vector<unsigned> candidates_;
};

}  // namespace handoff::exploration
