// A permit for each notification: a byte in a pipe, as in event loops from before eventfd.
//
// Progress: notify_one is a system call, which waits if the pipe is full (65,536 permits that no thread has
// taken).
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include "../support/descriptor.hpp"
#include "../support/permit_wait.hpp"
#include "../wait.hpp"

namespace handoff {

class pipe_wait {
public:
    static constexpr wait_spec spec{
        .name = "pipe_wait",
        .cite = "pipe(2), a byte for each wake-up",
        .notify = progress::blocking,
        .meanwhile = waiting::sleeps,
    };

    pipe_wait() {
        int ends[2] = {-1, -1};
        const int made = ::pipe2(ends, O_CLOEXEC);
        out_ = descriptor(made == 0 ? ends[0] : -1, "pipe");
        in_ = descriptor(ends[1], "pipe");
    }

    template <class Attempt>
    void until(Attempt attempt) {
        const auto take_permit = [this] {
            char one = 0;
            out_.read(&one, 1);
        };
        until_permitted(take_permit, attempt);
    }
    void notify_one() {
        constexpr char one = 1;
        in_.write(&one, 1);
    }

private:
    descriptor out_;
    descriptor in_;
};

}  // namespace handoff
