// Where a Redis server listens: redis://host:port, or unix:///path of a socket.
#pragma once

#include <string>
#include <string_view>

namespace handoff {

struct redis_url {
    std::string host{};
    int port = 6379;
    std::string socket{};  // where it is given, host and port mean nothing

    // Throws misuse.
    static redis_url parse(std::string_view text);
    std::string text() const;
};

}  // namespace handoff
