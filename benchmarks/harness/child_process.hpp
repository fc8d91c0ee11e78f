// A process of ours that ends when this one does, however that may be.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

namespace handoff {

class child_process {
public:
    // A copy of this process, which runs `body` and exits with what it returns, or with 1 if it throws. To be
    // called while no other thread of this process holds a lock that `body` needs.
    static child_process copy(const std::function<int()>& body);

    // The program at this path; words[0] is the name that it is told to have. A program that cannot be run
    // exits with 127, as in a shell. Both throw std::system_error if there can be no process.
    static child_process program(const std::string& path, const std::vector<std::string>& words);

    child_process(child_process&& other) noexcept;
    child_process& operator=(child_process&& other) noexcept;
    // Kills it and waits.
    ~child_process();

    pid_t pid() const { return pid_; }
    bool running();
    void kill(int signal) const;
    // Waits until it has ended.
    void wait();
    // How it ended: "exit code 1", "signal 9".
    std::string fate() const;
    bool succeeded() const;

private:
    explicit child_process(pid_t pid) : pid_(pid) {}

    void reap(int options);

    pid_t pid_;  // 0: moved away
    bool ended_ = false;
    int status_ = 0;
};

}  // namespace handoff
