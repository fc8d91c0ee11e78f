#include "scheduler.hpp"

#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace handoff::exploration {
namespace {

// How often a random walk lets a thread go on.
constexpr unsigned go_on_percent = 70;

}  // namespace

scheduler* scheduler::running_ = nullptr;

void scheduler::run(const std::function<void()>& body, decisions& from, const bounds& limits) {
    running_ = this;
    decisions_ = &from;
    limits_ = limits;
    count_ = 0;
    steps_ = 0;
    is_stuck_ = false;
    preemptions_left_ = limits.preemptions;
    stale_left = limits.stale;
    spurious_left = limits.spurious;
    choices_.clear();
    start(body);
    current_ = 0;
    fiber::change(outside_, threads_[0].stack);
    // Of a broken-off execution some are left, and what they hold goes with its arena.
    for (task& t : threads_) t.work = nullptr;
    running_ = nullptr;
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

void scheduler::break_off() {
    fiber::change(threads_[current_].stack, outside_);
    std::abort();  // nobody comes back to a broken-off thread
}

unsigned scheduler::start(std::function<void()> work) {
    if (count_ == max_threads)
        throw std::length_error("exploration: more than " + std::to_string(max_threads - 1) + " threads");
    task& t = threads_[count_];
    t.work = std::move(work);
    t.is_finished = t.is_waiting = t.can_wake = t.woke_for_no_reason = false;
    t.stack.prepare(&entry);
    return count_++;
}

void scheduler::entry() {
    fiber::arrived();
    scheduler& self = *running_;
    self.threads_[self.current_].work();
    self.finish();
}

// The last of the threads to finish is the body, thread 0, which waits for the others. If none can run that
// is left, none of them is there to say so.
void scheduler::finish() {
    threads_[current_].work = nullptr;
    threads_[current_].is_finished = true;
    if (current_ == 0) break_off();
    is_stuck_ = !hand_over();
    break_off();
}

bool scheduler::runnable(unsigned thread) const {
    const auto& t = threads_[thread];
    return !t.is_finished && (!t.is_waiting || (*t.can_run)());
}

bool scheduler::step() {
    if (!count_step()) return false;
    if (preemptions_left_ == 0) return true;
    candidates_.assign(1, current_);
    for (unsigned i = 0; i < count_; ++i) {
        if (i != current_ && runnable(i)) candidates_.push_back(i);
    }
    change_to(
        candidates_[choose(static_cast<unsigned>(candidates_.size()), go_on_percent, &preemptions_left_)]);
    return true;
}

scheduler::ended scheduler::wait(const char* what, const std::function<bool()>& can_run, bool can_wake) {
    task& t = threads_[current_];
    t.is_waiting = true;
    t.can_wake = can_wake;
    t.waits_for = what;
    t.can_run = &can_run;
    if (!hand_over()) return ended::never;
    t.is_waiting = false;
    return std::exchange(t.woke_for_no_reason, false) ? ended::for_no_reason : ended::ready;
}

// Lets one of those run that can; the current thread, which waits or has ended, comes last.
bool scheduler::hand_over() {
    candidates_.clear();
    for (unsigned i = 1; i <= count_; ++i) {
        const unsigned other = (current_ + i) % count_;
        if (runnable(other)) candidates_.push_back(other);
    }
    if (candidates_.empty()) return false;
    const auto ready = static_cast<unsigned>(candidates_.size());
    if (spurious_left > 0) {
        for (unsigned i = 0; i < count_; ++i) {
            const auto& t = threads_[i];
            if (!t.is_finished && t.is_waiting && t.can_wake && !runnable(i)) candidates_.push_back(i);
        }
    }
    const unsigned chosen = choose(static_cast<unsigned>(candidates_.size()), 0);
    if (chosen >= ready) {
        spend(spurious_left);
        threads_[candidates_[chosen]].woke_for_no_reason = true;
    }
    change_to(candidates_[chosen]);
    return true;
}

void scheduler::change_to(unsigned next) {
    if (next == current_) return;
    task& from = threads_[current_];
    current_ = next;
    fiber::change(from.stack, threads_[next].stack);
}

unsigned scheduler::choose(unsigned count, unsigned first_percent, unsigned* budget) {
    if (count < 2 || (budget != nullptr && *budget == 0)) return 0;
    const unsigned chosen = decide(count, first_percent);
    choices_.push_back(chosen);
    if (chosen > 0 && budget != nullptr) spend(*budget);
    return chosen;
}

// Operations on atomics may not throw: what the decisions throw leaves by run().
unsigned scheduler::decide(unsigned count, unsigned first_percent) {
    try {
        return decisions_->choose(count, first_percent);
    } catch (...) {
        error_ = std::current_exception();
    }
    break_off();
}

std::string scheduler::waiting() const {
    std::string text;
    for (unsigned i = 0; i < count_; ++i) {
        if (threads_[i].is_finished) continue;
        text += (text.empty() ? "thread " : ", thread ") + std::to_string(i) + " waits for " +
                threads_[i].waits_for;
    }
    return text;
}

}  // namespace handoff::exploration
