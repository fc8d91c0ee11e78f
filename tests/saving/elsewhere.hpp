// Runs something in a copy of this process, which may give up rights that it never gets back, or die.
#pragma once

#include <unistd.h>

#include <array>
#include <functional>
#include <stdexcept>
#include <string>

#include "downloads/processes/child_process.hpp"
#include "downloads/processes/descriptor.hpp"

namespace handoff {

// What `body` returns, or what it throws, or how its process ended without either.
inline std::string elsewhere(const std::function<std::string()>& body) {
    pipe_ends ends = make_pipe();
    child_process child = child_process::copy([&] {
        std::string said;
        try {
            said = body();
        } catch (const std::exception& e) {
            said = e.what();
        }
        return write(ends.write.get(), said.data(), said.size()) == static_cast<ssize_t>(said.size()) ? 0 : 1;
    });
    ends.write.close();
    std::string said;
    std::array<char, 4096> room{};
    for (ssize_t bytes = 1; bytes > 0;) {
        bytes = read(ends.read.get(), room.data(), room.size());
        if (bytes > 0) said.append(room.data(), static_cast<std::size_t>(bytes));
    }
    child.wait();
    return child.succeeded() ? said : child.fate();
}

}  // namespace handoff
