// A Redis server for one's own use: on a socket in a folder of its own, or on a port of loopback as well, and
// without anything on the disk. It ends when this does.
#pragma once

#include "downloads/processes/child_process.hpp"
#include "downloads/processes/temporary_folder.hpp"
#include "url.hpp"

namespace handoff {

enum class reached_by { socket, tcp };

class private_server {
public:
    // Returns when it answers. Throws std::runtime_error with the reason.
    explicit private_server(reached_by way = reached_by::socket);

    redis_url url() const;
    pid_t pid() const { return process_.pid(); }

private:
    redis_url socket() const;
    bool comes_up();

    temporary_folder folder_;
    int port_ = 0;  // none
    child_process process_;
};

}  // namespace handoff
