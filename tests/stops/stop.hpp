// Stops a thread at whatever instruction it has come to, and lets it go on later: a real-time signal, whose
// handler waits in read() on a pipe until it is released. The handler calls nothing that is not
// async-signal-safe.
//
// Two places are spared. Where a thread has said that it is `unstoppable`, the stop waits until it no longer
// is: progress/allocation.cpp says so around malloc and free, whose locks would otherwise be held by the
// stopped thread and make every queue that allocates look blocking. And a stop is asked for again and again
// at random instants, so that it lands in each part of a call about as often as the thread is there: a window
// of a few nanoseconds needs some hundred stops to be hit.
//
// Another thread asks for it, or the thread itself has a timer ask: what lasts only microseconds is over
// before another thread's signal has come.
//
// ThreadSanitizer defers a signal to the next call that it intercepts, so that under it no thread ever stops
// between two instructions of a lock-free operation; and clang's sanitizers bring allocation functions that
// cannot be replaced. What stands on stops or on failing allocations is left out there (CMakeLists.txt).
#pragma once

#include <pthread.h>
#include <time.h>

#include <atomic>
#include <chrono>
#include <cstdint>

#include "support/cache_line.hpp"

namespace handoff::stalls {

#if defined(HANDOFF_STOPS_THREADS)
inline constexpr bool can_stop_threads = true;
#else
inline constexpr bool can_stop_threads = false;
#endif

// One thread that can be stopped, as its controller sees it. Made before the thread, destroyed after it. The
// thread writes to it around its calls, so that others are not on the same line.
class alignas(no_false_sharing) target {
public:
    static constexpr int nowhere = -1;

    target();
    target(const target&) = delete;
    target& operator=(const target&) = delete;
    ~target();

    // The thread itself: it can be stopped while this lives.
    class presence {
    public:
        explicit presence(target& self);
        presence(const presence&) = delete;
        presence& operator=(const presence&) = delete;
        ~presence();

    private:
        target& self_;
    };

    // The thread itself, around each call that is of interest.
    void enter(int operation) {
        // relaxed: read by the handler in the same thread; the fences keep the compiler from moving it.
        inside_.store(operation, std::memory_order_relaxed);
        std::atomic_signal_fence(std::memory_order_seq_cst);
    }
    void leave() {
        std::atomic_signal_fence(std::memory_order_seq_cst);
        inside_.store(nowhere, std::memory_order_relaxed);
    }

    // The thread itself: it is stopped after about so long, or not at all if it is then in none of those
    // calls. Whoever uses this does not use stop().
    void stop_inside_a_call_after(std::chrono::nanoseconds delay);
    // Whether such a stop has neither come nor missed.
    bool is_stop_due() const { return due_.load(std::memory_order_relaxed); }

    // The calling thread: it stops here, or where it is no longer `unstoppable`; if it is a target.
    static void stop_this_thread();

    // The controller: returns when the thread has stopped; false if it is not (or no longer) there.
    bool stop();
    // In which operation it has stopped, or nowhere.
    int stopped_in() const { return inside_.load(std::memory_order_relaxed); }
    bool is_stopped() const { return state_ == state::stopped; }
    // Returns when the thread is running again, or has been.
    void release();
    // The same at once: for who hears of it in another way.
    void release_without_waiting();
    // Before the thread begins: each time that it stops, it writes a byte there.
    void tell_of_stops(int descriptor) { told_ = descriptor; }

    // How often it has been stopped.
    std::uint64_t stops() const { return stops_; }
    bool ended() const { return state_ == state::ended; }

private:
    friend class unstoppable;
    enum class state { absent, running, stopped, ended };

    static void install();
    static void on_signal(int);
    void stop_unless_missed();
    void stop_here();

    std::atomic<state> state_{state::absent};
    std::atomic<int> inside_{nowhere};
    std::atomic<std::uint64_t> stops_{0};
    std::atomic<std::uint64_t> releases_{0};
    std::atomic<bool> due_{false};  // by the timer
    pthread_t thread_{};
    timer_t timer_{};
    bool has_timer_ = false;
    int pipe_[2] = {-1, -1};
    int told_ = -1;
};

// Whether any thread is stopped now, as the others may want to know at once.
bool is_anybody_stopped();

// While one lives in a thread, a stop of this thread is put off.
class unstoppable {
public:
    unstoppable();
    unstoppable(const unstoppable&) = delete;
    unstoppable& operator=(const unstoppable&) = delete;
    ~unstoppable();
};

}  // namespace handoff::stalls
