#include "stop.hpp"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <system_error>
#include <thread>

namespace handoff::stalls {
namespace {

// What the handler reads of its thread. Constant-initialised, so that no access to it allocates.
thread_local target* current = nullptr;
thread_local volatile std::sig_atomic_t spared = 0;  // how many `unstoppable` live
thread_local volatile std::sig_atomic_t due = 0;     // a stop that was put off

std::atomic<int> stopped_now{0};

int signal_number() {
    return SIGRTMIN + 3;
}

[[noreturn]] void fail(const char* call, int error) {
    throw std::system_error(error, std::generic_category(), call);
}

// Short enough not to stretch a stop, long enough to leave the processor to the threads of the test.
void wait_a_little() {
    std::this_thread::sleep_for(std::chrono::microseconds(10));
}

}  // namespace

target::target() {
    install();
    if (pipe(pipe_) != 0) fail("pipe", errno);
}

target::~target() {
    close(pipe_[0]);
    close(pipe_[1]);
}

void target::install() {
    struct sigaction action {};
    action.sa_handler = &target::on_signal;
    // A call that sleeps in the kernel goes on afterwards as if nothing had been.
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    if (sigaction(signal_number(), &action, nullptr) != 0) fail("sigaction", errno);
}

void target::on_signal(int) {
    const int error = errno;
    if (current != nullptr) {
        if (spared > 0) {
            due = 1;
        } else {
            current->stop_unless_missed();
        }
    }
    errno = error;
}

void target::stop_this_thread() {
    if (current == nullptr) return;
    if (spared > 0)
        due = 1;
    else
        current->stop_here();
}

void target::stop_unless_missed() {
    const bool missed = has_timer_ && stopped_in() == nowhere;
    if (!missed) stop_here();
    due_ = false;
}

void target::stop_here() {
    ++stops_;
    ++stopped_now;
    state_ = state::stopped;
    char byte = 0;
    if (told_ != -1 && write(told_, &byte, 1) != 1) std::abort();
    while (read(pipe_[0], &byte, 1) == -1 && errno == EINTR) {
    }
    --stopped_now;
    state_ = state::running;
    ++releases_;
}

target::presence::presence(target& self) : self_(self) {
    self.thread_ = pthread_self();
    current = &self;
    self.state_ = state::running;
}

target::presence::~presence() {
    current = nullptr;
    due = 0;
    if (self_.has_timer_) timer_delete(self_.timer_);
    self_.state_ = state::ended;
}

void target::stop_inside_a_call_after(std::chrono::nanoseconds delay) {
    if (!has_timer_) {
        sigevent event{};
        event.sigev_notify = SIGEV_THREAD_ID;
        event.sigev_signo = signal_number();
        event._sigev_un._tid = gettid();
        if (timer_create(CLOCK_MONOTONIC, &event, &timer_) != 0) fail("timer_create", errno);
        has_timer_ = true;
    }
    due_ = true;
    itimerspec after{};
    after.it_value.tv_nsec = delay.count();
    if (timer_settime(timer_, 0, &after, nullptr) != 0) fail("timer_settime", errno);
}

bool target::stop() {
    if (state_ != state::running) return false;
    if (const int error = pthread_kill(thread_, signal_number()); error != 0 && error != ESRCH) {
        fail("pthread_kill", error);
    }
    while (state_ == state::running) wait_a_little();
    return state_ == state::stopped;
}

void target::release() {
    const std::uint64_t before = releases_;
    release_without_waiting();
    while (releases_ == before) wait_a_little();
}

void target::release_without_waiting() {
    const char byte = 0;
    if (write(pipe_[1], &byte, 1) != 1) fail("write", errno);
}

bool is_anybody_stopped() {
    // relaxed: a hint about when to go on.
    return stopped_now.load(std::memory_order_relaxed) > 0;
}

unstoppable::unstoppable() {
    spared = spared + 1;
}

unstoppable::~unstoppable() {
    spared = spared - 1;
    if (spared == 0 && due != 0) {
        due = 0;
        if (current != nullptr) current->stop_unless_missed();
    }
}

}  // namespace handoff::stalls
