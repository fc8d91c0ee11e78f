// Runs something in a copy of this process, which may give up rights that it never gets back, or die.
#pragma once

#include <unistd.h>

#include <array>
#include <cerrno>
#include <functional>
#include <stdexcept>
#include <string>
#include <system_error>

#include "harness/child_process.hpp"

namespace handoff {

// What `body` returns, or what it throws, or how its process ended without either.
inline std::string elsewhere(const std::function<std::string()>& body) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) throw std::system_error(errno, std::generic_category(), "no pipe");
    child_process child = child_process::copy([&] {
        std::string said;
        try {
            said = body();
        } catch (const std::exception& e) {
            said = e.what();
        }
        return write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size()) ? 0 : 1;
    });
    close(ends[1]);
    std::string said;
    std::array<char, 4096> room{};
    for (ssize_t bytes = 1; bytes > 0;) {
        bytes = read(ends[0], room.data(), room.size());
        if (bytes > 0) said.append(room.data(), static_cast<std::size_t>(bytes));
    }
    close(ends[0]);
    child.wait();
    return child.succeeded() ? said : child.fate();
}

}  // namespace handoff
