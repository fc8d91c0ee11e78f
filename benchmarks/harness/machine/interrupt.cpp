#include "interrupt.hpp"

#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace handoff {
namespace {

// Not that of the tests' own stops (tests/stops/stop.cpp).
int signal_number() {
    return SIGRTMIN + 4;
}

}  // namespace

void uninterrupted::on_signal(int) {
    const int error = errno;
    if (spared_ > 0)
        due_ = 1;
    else if (current_ != nullptr)
        current_->happens();
    errno = error;
}

void uninterrupted::catch_up() {
    due_ = 0;
    const int error = errno;
    if (current_ != nullptr) current_->happens();
    errno = error;
}

interruptible::interruptible(interruption& what) {
    struct sigaction action {};
    action.sa_handler = &uninterrupted::on_signal;
    action.sa_flags = SA_RESTART;  // a call that sleeps in the kernel goes on as if nothing had been
    sigemptyset(&action.sa_mask);
    if (sigaction(signal_number(), &action, nullptr) != 0)
        throw std::system_error(errno, std::generic_category(), "sigaction");
    sigevent event{};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = signal_number();
    event._sigev_un._tid = gettid();
    if (timer_create(CLOCK_MONOTONIC, &event, &timer_) != 0)
        throw std::system_error(errno, std::generic_category(), "timer_create");
    // The kernel may put off a thread's wake-ups by 50 us, as long as the shortest sleeps in a handler.
    prctl(PR_SET_TIMERSLACK, 1UL);
    uninterrupted::current_ = &what;
}

interruptible::~interruptible() {
    uninterrupted::current_ = nullptr;
    timer_delete(timer_);
}

void interruptible::interrupt_after(std::chrono::nanoseconds delay) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(delay);
    itimerspec after{};
    after.it_value.tv_sec = whole.count();
    after.it_value.tv_nsec = std::max<long>((delay - whole).count(), 1);  // 0 would disarm it
    // It can only fail where the thread has gone meanwhile.
    timer_settime(timer_, 0, &after, nullptr);
}

}  // namespace handoff
