// A Redis server for one's own use: on a socket in a folder of its own, without a port and without anything
// on the disk. It ends when this does.
#pragma once

#include "../harness/child_process.hpp"
#include "../harness/temporary_folder.hpp"
#include "url.hpp"

namespace handoff {

class private_server {
public:
    // Returns when it answers. Throws std::runtime_error with the reason.
    private_server();

    redis_url url() const;
    pid_t pid() const { return process_.pid(); }

private:
    temporary_folder folder_;
    child_process process_;
};

}  // namespace handoff
