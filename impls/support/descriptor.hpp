// A file descriptor that is closed with its owner, and what may interrupt a call on one.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <system_error>
#include <utility>

namespace handoff {

class descriptor {
public:
    descriptor() = default;
    // Of what a system call has returned: -1 is its failure.
    descriptor(int number, const char* call) : number_(number) {
        if (number < 0) throw std::system_error(errno, std::generic_category(), call);
    }
    descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~descriptor() {
        if (number_ >= 0) ::close(number_);
    }

    // All of it, whatever signals come in between.
    void read(void* into, std::size_t bytes) const {
        finish(bytes, "read", [&] { return ::read(number_, into, bytes); });
    }
    void write(const void* from, std::size_t bytes) const {
        finish(bytes, "write", [&] { return ::write(number_, from, bytes); });
    }

private:
    // A pipe's and an eventfd's units are moved whole or not at all.
    template <class Call>
    static void finish(std::size_t bytes, const char* name, Call call) {
        for (;;) {
            const ssize_t moved = call();
            if (moved == static_cast<ssize_t>(bytes)) return;
            // Of a call that moved a part, errno says nothing.
            const int error = moved >= 0 ? EIO : errno;
            if (error != EINTR) throw std::system_error(error, std::generic_category(), name);
        }
    }

    int number_ = -1;
};

}  // namespace handoff
