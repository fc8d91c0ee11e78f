#include "watchdog.hpp"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "build.hpp"
#include "calls.hpp"
#include "signal_safe_text.hpp"

#if defined(HANDOFF_SANITIZED)
#include <sanitizer/common_interface_defs.h>
#endif

namespace handoff::conformance::watchdog {
namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds between_looks{200};
// More is no time in which the test could have run.
constexpr milliseconds longest_look{500};
// More than any test leaves in a queue from an earlier step: so many more out than in are made by the queue.
constexpr std::uint64_t surely_too_many = 2'000'000;

// What a signal handler reads, of a length that it need not ask for.
std::array<char, 512> doing_now{};
std::atomic<bool> has_spoken{false};
// Of all calls so far, those from before the test.
call_totals before_the_test{};

void remember(const std::string& test, const std::string& step) {
    const std::string text = step.empty() ? test : test + " (" + step + ")";
    const std::size_t size = std::min(text.size(), doing_now.size() - 1);
    std::copy_n(text.begin(), size, doing_now.begin());
    doing_now[size] = '\0';
}

void speak(std::string_view what) {
    if (has_spoken.exchange(true)) return;
    signal_safe_text first;
    first << program_invocation_short_name << ": " << doing_now.data() << ": " << what << '\n';
    first.write_to(STDERR_FILENO);
    write_calls(STDERR_FILENO);
    const call_totals all = calls_so_far();
    signal_safe_text last;
    last << "  " << all.in - before_the_test.in << " items went in and " << all.out - before_the_test.out
         << " came out since the test began, in " << all.ended - before_the_test.ended << " calls\n";
    last.write_to(STDERR_FILENO);
}

#if defined(HANDOFF_SANITIZED)
void on_death() {
    speak("was ended by the sanitizer, whose report stands above");
}
#else
void on_signal(int number) {
    speak(number == SIGSEGV  ? "died of SIGSEGV: a bad address was read or written"
          : number == SIGBUS ? "died of SIGBUS"
          : number == SIGFPE ? "died of SIGFPE: a division by zero, or the like"
          : number == SIGILL ? "died of SIGILL"
                             : "died of SIGABRT: an assertion, std::terminate, or a heap that is corrupt");
    raise(number);  // the default is back: SA_RESETHAND
}
#endif

void listen_to_signals() {
#if defined(HANDOFF_SANITIZED)
    __sanitizer_set_death_callback(on_death);
#else
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
    for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) sigaction(number, &action, nullptr);
#endif
}

class dog {
public:
    dog() : thread_([this] { watch(); }) { listen_to_signals(); }
    dog(const dog&) = delete;
    dog& operator=(const dog&) = delete;
    ~dog() {
        {
            const std::lock_guard lock(mutex_);
            ended_ = true;
        }
        changed_.notify_one();
        thread_.join();
    }

    void begin(const std::string& test) {
        const std::lock_guard lock(mutex_);
        test_ = test;
        before_the_test = calls_so_far();
        armed_ = true;
        step_begins("");
        changed_.notify_one();
    }
    void begin_step(const std::string& step) {
        const std::lock_guard lock(mutex_);
        step_begins(step);
    }
    void end() {
        const std::lock_guard lock(mutex_);
        armed_ = false;
    }
    void still_waiting() {
        const std::lock_guard lock(mutex_);
        restart();
    }
    void set_limit(unsigned seconds) {
        const std::lock_guard lock(mutex_);
        limit_ = std::chrono::seconds(seconds);
    }

private:
    void step_begins(const std::string& step) {
        remember(test_, step);
        restart();
    }
    void restart() {
        step_lasts_ = quiet_ = milliseconds(0);
        succeeded_ = calls_so_far().succeeded;
    }

    void watch() {
        std::unique_lock lock(mutex_);
        while (!ended_) {
            if (!armed_) {
                changed_.wait(lock);
                continue;
            }
            const auto before = clock::now();
            changed_.wait_for(lock, between_looks, [this] { return ended_; });
            const auto passed = std::chrono::duration_cast<milliseconds>(clock::now() - before);
            look(std::min(passed, longest_look));
        }
    }

    void look(milliseconds passed) {
        if (!armed_ || ended_) return;
        look_at_calls(static_cast<unsigned>(passed.count()));
        const call_totals all = calls_so_far();
        step_lasts_ += passed;
        quiet_ = all.succeeded == succeeded_ ? quiet_ + passed : milliseconds(0);
        const std::uint64_t moved = all.succeeded - succeeded_;
        succeeded_ = all.succeeded;
        if (quiet_ >= limit_) {
            stop("hangs, no call has succeeded for " + seconds_of(quiet_));
        } else if (step_lasts_ >= slow_factor * limit_) {
            stop("is slow but moves, " + std::to_string(moved) + " calls succeeded in the last " +
                 std::to_string(passed.count()) + " ms");
        } else if (all.out > all.in + surely_too_many) {
            stop("more items came out than went in");
        }
    }

    [[noreturn]] void stop(const std::string& why) {
        abort_run("did not end within " + seconds_of(step_lasts_) + ": it " + why);
    }
    static std::string seconds_of(milliseconds time) { return std::to_string(time.count() / 1000) + " s"; }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::string test_;
    milliseconds limit_{10'000};
    milliseconds step_lasts_{0};
    milliseconds quiet_{0};
    std::uint64_t succeeded_ = 0;
    bool armed_ = false;
    bool ended_ = false;
    std::thread thread_;  // last: it starts when everything that it reads exists
};

dog& the_dog() {
    static dog one;
    return one;
}

}  // namespace

void set_time_limit(unsigned seconds) {
    the_dog().set_limit(seconds);
}
void begin(const std::string& test) {
    the_dog().begin(test);
}
void begin_step(const std::string& step) {
    the_dog().begin_step(step);
}
void end() {
    the_dog().end();
}
void still_waiting() {
    the_dog().still_waiting();
}

void abort_run(std::string_view what) {
    speak(what);
    std::fflush(nullptr);
    std::abort();
}

}  // namespace handoff::conformance::watchdog
