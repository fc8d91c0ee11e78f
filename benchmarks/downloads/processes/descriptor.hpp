// A file descriptor that is closed, and pipes of two.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace handoff {

class descriptor {
public:
    descriptor() = default;
    // Of what a system call has returned. Throws its error.
    descriptor(int value, const std::string& call) : value_(value) {
        if (value < 0) throw std::system_error(errno, std::generic_category(), call);
    }
    descriptor(descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        close();
        value_ = std::exchange(other.value_, -1);
        return *this;
    }
    ~descriptor() { close(); }

    int get() const { return value_; }
    void close() {
        if (value_ >= 0) ::close(std::exchange(value_, -1));
    }

private:
    int value_ = -1;
};

struct pipe_ends {
    descriptor read;
    descriptor write;
};

inline pipe_ends make_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
    return {descriptor(ends[0], "pipe2"), descriptor(ends[1], "pipe2")};
}

}  // namespace handoff
