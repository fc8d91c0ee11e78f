#include "turns.hpp"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include <random>
#include <system_error>

#include "steps.hpp"

namespace handoff::stalls {
namespace {

void open_pipe(int (&ends)[2]) {
    if (pipe(ends) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
}

void close_pipe(const int (&ends)[2]) {
    close(ends[0]);
    close(ends[1]);
}

void write_all(int descriptor, const void* bytes, std::size_t size) {
    if (::write(descriptor, bytes, size) != static_cast<ssize_t>(size))
        throw std::system_error(errno, std::generic_category(), "write");
}

void read_all(int descriptor, void* bytes, std::size_t size) {
    ssize_t got = 0;
    do got = read(descriptor, bytes, size);
    while (got == -1 && errno == EINTR);
    if (got != static_cast<ssize_t>(size)) throw std::system_error(errno, std::generic_category(), "read");
}

}  // namespace

reports::reports() {
    open_pipe(ends_);
}

reports::~reports() {
    close_pipe(ends_);
}

bool reports::wait(std::chrono::milliseconds longest) {
    pollfd one{.fd = ends_[0], .events = POLLIN, .revents = 0};
    int ready = 0;
    do ready = poll(&one, 1, static_cast<int>(longest.count()));
    while (ready == -1 && errno == EINTR);
    if (ready <= 0) return false;
    char byte = 0;
    read_all(ends_[0], &byte, 1);
    return true;
}

player::player(const reports& told) : told_(told.descriptor()) {
    self_.tell_of_stops(told_);
    open_pipe(orders_);
}

player::~player() {
    close_pipe(orders_);
}

void player::play(std::uint64_t seed, const std::function<void(std::uint64_t)>& call) {
    const target::presence here(self_);
    const steps_of_this_thread steps(seed);
    std::mt19937_64 random(seed);
    for (;;) {
        turn next{};
        read_all(orders_[0], &next, sizeof next);
        if (next.calls == 0) return;
        for (; next.calls > 0; --next.calls) {
            const std::uint64_t chance = random();
            if (next.course != nullptr) next.course->follow();
            call(chance);
            if (next.course != nullptr) next.course->follow_no_further();
        }
        write_all(told_, "", 1);
    }
}

void player::begin(unsigned calls, course_of_calls* course) {
    send({.calls = calls, .course = course});
}

void player::dismiss() {
    send({.calls = 0, .course = nullptr});
}

void player::send(const turn& next) {
    write_all(orders_[1], &next, sizeof next);
}

}  // namespace handoff::stalls
