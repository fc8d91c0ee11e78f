// Keeps one thread from running while another one does something: it stays in the handler of a signal until
// it is let go. Which of two threads the system would let run does not matter then, nor how busy the
// processors are.
#pragma once

#include <pthread.h>
#include <signal.h>
#include <time.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <thread>

#include "session.hpp"

namespace handoff::conformance {

// At most one at a time in the process. It is of the thread that constructs it.
class held_thread {
public:
    held_thread() : thread_(pthread_self()) {
        wanted_ = false;
        struct sigaction action {};
        action.sa_handler = &stay;
        if (sigaction(SIGUSR2, &action, &before_) != 0) die("sigaction failed");
    }
    held_thread(const held_thread&) = delete;
    held_thread& operator=(const held_thread&) = delete;
    ~held_thread() { sigaction(SIGUSR2, &before_, nullptr); }

    // By another thread. What is not in the handler when this returns enters it before it runs again, or,
    // under ThreadSanitizer, at its next call of a library: then it was not held.
    void hold() {
        inside_ = false;
        wanted_ = true;
        if (pthread_kill(thread_, SIGUSR2) != 0) die("pthread_kill failed");
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(5);
        while (!inside_ && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    }
    void let_go() { wanted_ = false; }

private:
    // For 3 ms at most: who holds it may wait for a lock that it has, and what this adds is taken for the
    // call's.
    static void stay(int) {
        const int error = errno;
        inside_ = true;
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(3);
        const timespec moment{.tv_sec = 0, .tv_nsec = 50'000};
        while (wanted_ && std::chrono::steady_clock::now() < end) nanosleep(&moment, nullptr);
        errno = error;
    }

    static inline std::atomic<bool> wanted_ = false;
    static inline std::atomic<bool> inside_ = false;

    const pthread_t thread_;
    struct sigaction before_ {};
};

}  // namespace handoff::conformance
