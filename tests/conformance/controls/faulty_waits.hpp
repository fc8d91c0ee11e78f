// Ways to wait that have a fault each.
#pragma once

#include <poll.h>
#include <sys/eventfd.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string_view>

#include "support/descriptor.hpp"
#include "threads.hpp"
#include "waits/eventfd_wait.hpp"
#include "waits/pause_wait.hpp"

namespace handoff::conformance {

constexpr wait_spec wait_control(std::string_view name, waiting meanwhile = waiting::sleeps) {
    return {.name = name, .cite = "control", .notify = progress::blocking, .meanwhile = meanwhile};
}

// Does not look again once others can see that it is about to sleep: what came in between wakes it never.
class unannounced_wait {
public:
    static constexpr wait_spec spec = wait_control("unannounced_wait");
    template <class Attempt>
    void until(Attempt attempt) {
        while (!attempt()) {
            give_way();
            std::unique_lock hold(mutex_);
            const std::uint64_t seen = notified_;
            changed_.wait(hold, [&] { return notified_ != seen; });
        }
    }
    void notify_one() {
        {
            const std::scoped_lock hold(mutex_);
            ++notified_;
        }
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t notified_ = 0;
};

// Takes it that who was woken has what it waited for.
class trusting_wait {
public:
    static constexpr wait_spec spec = wait_control("trusting_wait");
    template <class Attempt>
    void until(Attempt attempt) {
        std::unique_lock hold(mutex_);
        if (!attempt()) changed_.wait(hold);
    }
    void notify_one() {
        const std::scoped_lock hold(mutex_);
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
};

// Makes one more attempt, to be sure.
class repeating_wait : public pause_wait {
public:
    static constexpr wait_spec spec = wait_control("repeating_wait", waiting::polls);
    template <class Attempt>
    void until(Attempt attempt) {
        pause_wait::until(attempt);
        attempt();
    }
};

// Says that it sleeps, and does not.
class sleepless_wait : public pause_wait {
public:
    static constexpr wait_spec spec = wait_control("sleepless_wait");
};

// Two notifications at once are one permit: an eventfd without EFD_SEMAPHORE.
class merging_wait {
public:
    static constexpr wait_spec spec = wait_control("merging_wait");
    template <class Attempt>
    void until(Attempt attempt) {
        do {
            std::uint64_t all = 0;
            permits_.read(&all, sizeof(all));
        } while (!attempt());
    }
    void notify_one() {
        constexpr std::uint64_t one = 1;
        permits_.write(&one, sizeof(one));
    }

private:
    descriptor permits_{::eventfd(0, EFD_CLOEXEC), "eventfd"};
};

// Takes a signal for a wake-up.
class interrupted_wait {
public:
    static constexpr wait_spec spec = wait_control("interrupted_wait");
    template <class Attempt>
    void until(Attempt attempt) {
        if (attempt()) return;
        ::poll(nullptr, 0, 1'000);
        attempt();
    }
    void notify_one() {}
};

}  // namespace handoff::conformance
