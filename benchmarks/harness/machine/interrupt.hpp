// A thread that a timer interrupts wherever it is: a signal, whose handler runs on the thread itself.
//
// A handler may call nothing that takes a lock, and the thread may have been interrupted with the allocator's
// lock held. Where a program says so around its allocator (`uninterrupted`), an interruption waits until that
// has returned.
#pragma once

#include <time.h>

#include <atomic>
#include <chrono>
#include <csignal>

namespace handoff {

// While one lives, its thread is inside a call of an implementation.
class call_mark {
public:
    [[gnu::always_inline]] call_mark() {
        inside_ = 1;
        // The fences keep the compiler from moving the call; the reader is a handler on the same thread.
        std::atomic_signal_fence(std::memory_order_seq_cst);
    }
    [[gnu::always_inline]] ~call_mark() {
        std::atomic_signal_fence(std::memory_order_seq_cst);
        inside_ = 0;
    }
    call_mark(const call_mark&) = delete;
    call_mark& operator=(const call_mark&) = delete;

    // Whether the calling thread is.
    static bool is_inside() { return inside_ != 0; }

private:
    static inline thread_local constinit volatile std::sig_atomic_t inside_ = 0;
};

// What a thread does when it is interrupted; nothing that is not async-signal-safe.
class interruption {
public:
    virtual void happens() = 0;

protected:
    ~interruption() = default;
};

// The calling thread, while this lives. One at a time for each thread.
class interruptible {
public:
    explicit interruptible(interruption& what);
    ~interruptible();
    interruptible(const interruptible&) = delete;
    interruptible& operator=(const interruptible&) = delete;

    // It happens once, after about so long. By any thread, and in a handler, too.
    void interrupt_after(std::chrono::nanoseconds delay);

private:
    timer_t timer_{};
};

// While one lives, an interruption of the calling thread waits.
class uninterrupted {
public:
    uninterrupted() { begin(); }
    ~uninterrupted() { end(); }
    uninterrupted(const uninterrupted&) = delete;
    uninterrupted& operator=(const uninterrupted&) = delete;

    static void begin() { spared_ = spared_ + 1; }
    static void end() {
        spared_ = spared_ - 1;
        if (spared_ == 0 && due_ != 0) [[unlikely]]
            catch_up();
    }

private:
    friend class interruptible;
    static void on_signal(int);
    static void catch_up();

    static inline thread_local constinit interruption* current_ = nullptr;
    static inline thread_local constinit volatile std::sig_atomic_t spared_ = 0;  // how many live
    static inline thread_local constinit volatile std::sig_atomic_t due_ = 0;     // one waits
};

}  // namespace handoff
