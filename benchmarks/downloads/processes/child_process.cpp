#include "child_process.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <exception>
#include <mutex>
#include <utility>

namespace handoff {
namespace {

// Whoever starts a program learns from the end of a pipe that it runs. A copy that another thread makes in
// between would keep that pipe open for as long as it lives.
std::mutex starting;

// The kernel kills it when the thread that made it ends. That may have happened already.
void end_with(pid_t parent, pid_t thread) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) _exit(1);
    if (getppid() != parent || tgkill(parent, thread, 0) != 0) raise(SIGKILL);
}

// 0 in the child.
pid_t forked() {
    const pid_t parent = getpid();
    const pid_t thread = gettid();
    const pid_t pid = fork();
    if (pid < 0) throw std::system_error(errno, std::generic_category(), "no further process can be started");
    if (pid == 0) end_with(parent, thread);
    return pid;
}

// The same open file under a number that is not below `least`.
descriptor moved_up(const descriptor& file, int least) {
    return {fcntl(file.get(), F_DUPFD_CLOEXEC, least), "fcntl"};
}

// All that is still to be done in the copy of a process with threads, which may not allocate (fork(2)). Says
// the error if it cannot be done.
[[noreturn]] void become(const char* path, char* const* words,
                         const std::vector<child_process::given_file>& files, const descriptor& error) {
    const bool given = std::ranges::all_of(
        files, [](const auto& one) { return dup2(one.file.get(), one.number) == one.number; });
    if (given) execv(path, words);
    const int reason = errno;
    _exit(write(error.get(), &reason, sizeof reason) == sizeof reason ? 127 : 126);
}

// 0 if the other end was closed without a word.
int error_from(const descriptor& pipe) {
    int error = 0;
    while (read(pipe.get(), &error, sizeof error) < 0)
        if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "read");
    return error;
}

}  // namespace

child_process child_process::copy(const std::function<int()>& body) {
    std::unique_lock lock(starting);
    const pid_t pid = forked();
    lock.unlock();
    if (pid > 0) return child_process(pid);
    int code = 1;
    try {
        code = body();
    } catch (const std::exception&) {
        // The exit code says it.
    }
    _exit(code);
}

child_process child_process::program(const std::string& path, const std::vector<std::string>& words,
                                     std::vector<given_file> files) {
    std::vector<char*> pointers;
    for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
    pointers.push_back(nullptr);
    // What is moved to its number there must not fall on what is still needed.
    int above = STDERR_FILENO + 1;
    for (const given_file& one : files) above = std::max(above, one.number + 1);
    for (given_file& one : files) one.file = moved_up(one.file, above);
    const std::scoped_lock lock(starting);
    pipe_ends error = make_pipe();
    error.write = moved_up(error.write, above);
    const pid_t pid = forked();
    if (pid == 0) become(path.c_str(), pointers.data(), files, error.write);
    child_process started(pid);
    error.write.close();
    if (const int reason = error_from(error.read); reason != 0)
        throw cannot_run(reason, std::generic_category(), "program '" + path + "' cannot be run");
    return started;
}

child_process::child_process(child_process&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      ended_(other.ended_),
      status_(other.status_),
      error_(other.error_) {}

child_process& child_process::operator=(child_process&& other) noexcept {
    std::swap(pid_, other.pid_);
    std::swap(ended_, other.ended_);
    std::swap(status_, other.status_);
    std::swap(error_, other.error_);
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
        if (found < 0) error_ = errno;
        ended_ = found != 0;
        return;
    }
}

std::string child_process::fate() const {
    if (error_ != 0) return "waitpid: " + std::generic_category().message(error_);
    return WIFSIGNALED(status_) ? "signal " + std::to_string(WTERMSIG(status_))
                                : "exit code " + std::to_string(WEXITSTATUS(status_));
}

bool child_process::succeeded() const {
    return ended_ && error_ == 0 && WIFEXITED(status_) && WEXITSTATUS(status_) == 0;
}

}  // namespace handoff
