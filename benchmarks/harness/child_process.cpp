#include "child_process.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <exception>
#include <system_error>
#include <utility>

namespace handoff {
namespace {

// The kernel kills it when the thread that made it ends (prctl(2)). That may have happened already.
void end_with(pid_t parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) _exit(1);
}

pid_t forked() {
    const pid_t pid = fork();
    if (pid < 0) throw std::system_error(errno, std::generic_category(), "no further process can be started");
    return pid;
}

}  // namespace

child_process child_process::copy(const std::function<int()>& body) {
    const pid_t parent = getpid();
    const pid_t pid = forked();
    if (pid > 0) return child_process(pid);
    end_with(parent);
    int code = 1;
    try {
        code = body();
    } catch (const std::exception&) {
        // The exit code says it.
    }
    _exit(code);
}

child_process child_process::program(const std::string& path, const std::vector<std::string>& words) {
    // Made before, because the copy of a process with threads may not allocate (fork(2)).
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const pid_t parent = getpid();
    const pid_t pid = forked();
    if (pid > 0) return child_process(pid);
    end_with(parent);
    execv(path.c_str(), arguments.data());
    _exit(127);
}

child_process::child_process(child_process&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)), ended_(other.ended_), status_(other.status_) {}

child_process& child_process::operator=(child_process&& other) noexcept {
    std::swap(pid_, other.pid_);
    std::swap(ended_, other.ended_);
    std::swap(status_, other.status_);
    return *this;
}

child_process::~child_process() {
    kill(SIGKILL);
    wait();
}

bool child_process::running() {
    reap(WNOHANG);
    return pid_ != 0 && !ended_;
}

void child_process::kill(int signal) const {
    if (pid_ != 0 && !ended_) ::kill(pid_, signal);
}

void child_process::wait() {
    reap(0);
}

void child_process::reap(int options) {
    while (pid_ != 0 && !ended_) {
        const pid_t found = waitpid(pid_, &status_, options);
        if (found < 0 && errno == EINTR) continue;
        // An error says that there is no such child any more.
        ended_ = found != 0;
        return;
    }
}

std::string child_process::fate() const {
    return WIFSIGNALED(status_) ? "signal " + std::to_string(WTERMSIG(status_))
                                : "exit code " + std::to_string(WEXITSTATUS(status_));
}

bool child_process::succeeded() const {
    return ended_ && WIFEXITED(status_) && WEXITSTATUS(status_) == 0;
}

}  // namespace handoff
