#include "server_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "../harness/errors.hpp"

namespace handoff {
namespace {

// To come to listen, and to end, on a machine that is busy with something else.
constexpr int patience_ms = 20'000;

// Where the server finds its list: the first descriptor after the standard ones.
constexpr int list_descriptor = 3;

struct pipe_ends {
    descriptor read;
    descriptor write;
};

pipe_ends make_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
    return {descriptor(ends[0], "pipe2"), descriptor(ends[1], "pipe2")};
}

// As read_documents takes it.
std::string text_of(const std::vector<document>& documents) {
    std::string text;
    for (const document& d : documents) {
        const std::string below_ms = std::to_string(d.latency.count() % 1'000'000);
        text += std::to_string(d.latency.count() / 1'000'000) + "." + std::string(6 - below_ms.size(), '0') +
                below_ms + " " + std::to_string(d.bytes) + " " +
                (d.permanent ? "permanent" : std::to_string(d.failures)) + "\n";
    }
    return text;
}

// In memory: there is no name that two runs could both choose, and nothing to clean up.
descriptor file_with(const std::string& text) {
    descriptor file(memfd_create("documents", MFD_CLOEXEC), "memfd_create");
    for (std::string_view left = text; !left.empty();) {
        const ssize_t written = write(file.get(), left.data(), left.size());
        if (written < 0) throw std::system_error(errno, std::generic_category(), "write");
        left.remove_prefix(static_cast<std::size_t>(written));
    }
    return file;
}

std::string joined(const std::vector<accident>& accidents) {
    std::string text;
    for (const accident one : accidents) text.append(text.empty() ? "" : ",").append(name_of(one));
    return text;
}

std::vector<std::string> arguments_for(const std::string& program, const served& what) {
    return {program,
            "--list=/proc/self/fd/" + std::to_string(list_descriptor),
            "--bytes_per_second=" + std::to_string(what.bytes_per_second),
            "--seed=" + std::to_string(what.accidents.seed),
            "--accidents=" + joined(what.accidents.failures),
            "--redirected=" + std::to_string(what.accidents.redirected),
            "--trickle_ms=" + std::to_string(what.trickle.count())};
}

class file_actions {
public:
    file_actions() { posix_spawn_file_actions_init(&actions_); }
    file_actions(const file_actions&) = delete;
    file_actions& operator=(const file_actions&) = delete;
    ~file_actions() { posix_spawn_file_actions_destroy(&actions_); }

    // The descriptor becomes this one in the child; all others but the standard ones are closed there.
    void give(const descriptor& one, int as) {
        if (const int error = posix_spawn_file_actions_adddup2(&actions_, one.get(), as); error != 0)
            throw std::system_error(error, std::generic_category(), "posix_spawn_file_actions_adddup2");
    }
    const posix_spawn_file_actions_t* get() const { return &actions_; }

private:
    posix_spawn_file_actions_t actions_{};
};

}  // namespace

server_process::server_process(const std::filesystem::path& program, const served& what)
    : name_("download server '" + program.string() + "'") {
    spawn(program, what);
    try {
        port_ = static_cast<std::uint16_t>(told("port"));
    } catch (...) {
        if (!stopped_) reap(true);
        throw;
    }
}

server_process::~server_process() {
    if (!stopped_) stop();
}

void server_process::spawn(const std::filesystem::path& program, const served& what) {
    pipe_ends input = make_pipe();
    pipe_ends output = make_pipe();
    const descriptor list = file_with(text_of(what.documents));
    file_actions actions;
    actions.give(input.read, STDIN_FILENO);
    actions.give(output.write, STDOUT_FILENO);
    actions.give(list, list_descriptor);
    std::vector<std::string> arguments = arguments_for(program.string(), what);
    std::vector<char*> pointers;
    for (std::string& one : arguments) pointers.push_back(one.data());
    pointers.push_back(nullptr);
    const int error = posix_spawn(&pid_, program.c_str(), actions.get(), nullptr, pointers.data(), environ);
    if (error != 0)
        throw misuse(name_ + " cannot be started: " + std::strerror(error) +
                     "; `cmake --build --preset release --target download_server` builds it");
    lifeline_ = std::move(input.write);
    output_ = std::move(output.read);
}

std::uint64_t server_process::told(const std::string& word) {
    std::size_t end = std::string::npos;
    while ((end = printed_.find('\n')) == std::string::npos) {
        pollfd ready{output_.get(), POLLIN, 0};
        const int count = poll(&ready, 1, patience_ms);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw std::system_error(errno, std::generic_category(), "poll");
        if (count == 0) throw std::runtime_error(name_ + " says no '" + word + "' within 20 s");
        std::array<char, 256> piece{};
        const ssize_t length = read(output_.get(), piece.data(), piece.size());
        if (length < 0) throw std::system_error(errno, std::generic_category(), "read");
        if (length == 0)
            throw std::runtime_error(name_ + " ended before it said '" + word + "': " + reap(false));
        printed_.append(piece.data(), static_cast<std::size_t>(length));
    }
    const std::string line = printed_.substr(0, end);
    printed_.erase(0, end + 1);
    if (!line.starts_with(word + " "))
        throw std::runtime_error(name_ + " says '" + line + "' instead of '" + word + " NUMBER'");
    return std::stoull(line.substr(word.size() + 1));
}

server_end server_process::stop() {
    if (!stopped_) end_ = ended();
    return end_;
}

server_end server_process::ended() {
    lifeline_.close();
    server_end end;
    try {
        end.requests = told("requests");
        if (const std::string how = reap(false); how != "exit code 0") end.error = name_ + ": " + how;
    } catch (const std::exception& e) {
        if (!stopped_) reap(true);
        end.error = e.what();
    }
    return end;
}

// It closes its output only when it ends, so that it need not be waited for long.
std::string server_process::reap(bool kill_it) {
    if (kill_it) kill(pid_, SIGKILL);
    int status = 0;
    stopped_ = true;
    while (waitpid(pid_, &status, 0) < 0)
        if (errno != EINTR) return std::string("waitpid: ") + std::strerror(errno);
    if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
    return "exit code " + std::to_string(WEXITSTATUS(status));
}

std::filesystem::path server_beside_this_program() {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path() / "download_server";
}

}  // namespace handoff
