#include "server_process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

#include "harness/machine/errors.hpp"

namespace handoff {
namespace {

// To come to listen, and to end, on a machine that is busy with something else.
constexpr int patience_ms = 20'000;

// Where the server finds its list: the first descriptor after the standard ones.
constexpr int list_descriptor = 3;

// As read_documents takes it.
std::string text_of(const std::vector<document>& documents) {
    std::string text;
    for (const document& d : documents) {
        const std::string below_ms = std::to_string(d.latency.count() % 1'000'000);
        text += std::to_string(d.latency.count() / 1'000'000) + "." + std::string(6 - below_ms.size(), '0') +
                below_ms + " " + std::to_string(d.bytes) + " " +
                (d.permanent ? "permanent" : std::to_string(d.failures)) + " " +
                std::to_string(d.bytes_per_second) + "\n";
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

// Asks for the way there, and sends nothing. In a network namespace of its own a process often has no way:
// nobody has brought `lo` up, and each document would be called unreachable.
void require_loopback() {
    const descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
    sockaddr_in there{};
    there.sin_family = AF_INET;
    there.sin_port = htons(9);
    there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&there), sizeof there) != 0)
        throw std::runtime_error("HTTP over 127.0.0.1: " + std::generic_category().message(errno) +
                                 "; the network interface 'lo' is down here, `ip link set lo up` mends that");
}

}  // namespace

server_process::server_process(const std::filesystem::path& program, const served& what)
    : name_("download server '" + program.string() + "'"), process_(start(program, what)) {
    port_ = static_cast<std::uint16_t>(told("port"));
}

child_process server_process::start(const std::filesystem::path& program, const served& what) {
    require_loopback();
    pipe_ends input = make_pipe();
    pipe_ends output = make_pipe();
    lifeline_ = std::move(input.write);
    output_ = std::move(output.read);
    std::vector<child_process::given_file> files;
    files.push_back({std::move(input.read), STDIN_FILENO});
    files.push_back({std::move(output.write), STDOUT_FILENO});
    files.push_back({file_with(text_of(what.documents)), list_descriptor});
    try {
        return child_process::program(program, arguments_for(program, what), std::move(files));
    } catch (const cannot_run& e) {
        throw misuse(name_ + " cannot be started: " + e.code().message() +
                     "; the target download_server builds it");
    }
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
        if (length == 0) {
            process_.wait();  // not for long: it closes its output only when it ends
            throw std::runtime_error(name_ + " ended before it said '" + word + "': " + process_.fate());
        }
        printed_.append(piece.data(), static_cast<std::size_t>(length));
    }
    const std::string line = printed_.substr(0, end);
    printed_.erase(0, end + 1);
    if (!line.starts_with(word + " "))
        throw std::runtime_error(name_ + " says '" + line + "' instead of '" + word + " NUMBER'");
    return std::stoull(line.substr(word.size() + 1));
}

server_end server_process::stop() {
    if (!end_) end_ = ended();
    return *end_;
}

server_end server_process::ended() {
    lifeline_.close();
    server_end end;
    try {
        end.requests = told("requests");
        process_.wait();
        if (!process_.succeeded()) end.error = name_ + ": " + process_.fate();
    } catch (const std::exception& e) {
        process_.kill(SIGKILL);
        process_.wait();
        end.error = e.what();
    }
    return end;
}

std::filesystem::path server_beside_this_program() {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path() / "download_server";
}

}  // namespace handoff
