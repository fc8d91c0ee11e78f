// A process of ours that ends when this one does, however that may be.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <system_error>
#include <vector>

#include "descriptor.hpp"

namespace handoff {

// A program that is not there, or that cannot be run.
struct cannot_run : std::system_error {
    using std::system_error::system_error;
};

// The kernel kills it when the thread that started it ends (prctl(2), PR_SET_PDEATHSIG).
class child_process {
public:
    // What a program is given beside its words: an open file, and the number by which it knows it.
    struct given_file {
        descriptor file;
        int number;
    };

    // A copy of this process, which runs `body` and exits with what it returns, or with 1 if it throws. To be
    // called while no other thread of this process holds a lock that `body` needs.
    static child_process copy(const std::function<int()>& body);

    // The program at this path; words[0] is the name that it is told to have. The files are its own from then
    // on, and closed here. Throws cannot_run. Both throw std::system_error if there can be no process.
    static child_process program(const std::string& path, const std::vector<std::string>& words,
                                 std::vector<given_file> files = {});

    child_process(child_process&& other) noexcept;
    child_process& operator=(child_process&& other) noexcept;
    // Kills it and waits.
    ~child_process();

    pid_t pid() const { return pid_; }
    bool running();
    void kill(int signal) const;
    // Waits until it has ended.
    void wait();
    // How it ended: "exit code 1", "signal 9"; "waitpid: No child processes" if somebody else was told.
    std::string fate() const;
    bool succeeded() const;

private:
    explicit child_process(pid_t pid) : pid_(pid) {}

    void reap(int options);

    pid_t pid_;  // 0: moved away
    bool ended_ = false;
    int status_ = 0;
    int error_ = 0;  // why its status is not known
};

}  // namespace handoff
