// A permit for each notification: an eventfd, the kernel's own counter, which poll and epoll know, too.
//
// Progress: notify_one is a system call, which waits only if 2^64 - 2 permits lie there.
#pragma once

#include <sys/eventfd.h>

#include <cstdint>

#include "../support/descriptor.hpp"
#include "../support/permit_wait.hpp"
#include "../wait.hpp"

namespace handoff {

class eventfd_wait {
public:
    static constexpr wait_spec spec{
        .name = "eventfd_wait",
        .cite = "eventfd(2), EFD_SEMAPHORE",
        .notify = progress::wait_free,
        .meanwhile = waiting::sleeps,
    };

    template <class Attempt>
    void until(Attempt attempt) {
        const auto take_permit = [this] {
            std::uint64_t one = 0;
            permits_.read(&one, sizeof(one));
        };
        until_permitted(take_permit, attempt);
    }
    void notify_one() {
        constexpr std::uint64_t one = 1;
        permits_.write(&one, sizeof(one));
    }

private:
    // EFD_SEMAPHORE: a read takes one permit, and not all of them.
    descriptor permits_{::eventfd(0, EFD_CLOEXEC | EFD_SEMAPHORE), "eventfd"};
};

}  // namespace handoff
