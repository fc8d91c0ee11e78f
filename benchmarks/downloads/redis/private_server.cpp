#include "private_server.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "connection.hpp"
#include "downloads/processes/descriptor.hpp"

namespace handoff {
namespace {

using namespace std::chrono_literals;

// The server is the same file as the checker of its dumps and goes by the name that it is called with. Debian
// has the checker in redis-tools; the package redis-server, which also starts a server for the whole machine,
// is not needed.
constexpr std::string_view server_names[] = {"redis-server", "redis-check-rdb"};

std::string server_program() {
    const char* const path = std::getenv("PATH");
    for (const std::string_view name : server_names) {
        std::istringstream folders(path != nullptr ? path : "/usr/bin:/bin");
        for (std::string folder; std::getline(folders, folder, ':');)
            if (const std::filesystem::path file = std::filesystem::path(folder) / name;
                access(file.c_str(), X_OK) == 0)
                return file;
    }
    throw std::runtime_error("neither redis-server nor redis-check-rdb is installed (Debian: redis-tools)");
}

std::string socket_in(const std::filesystem::path& folder) {
    const std::string socket = folder / "socket";
    if (socket.size() >= sizeof(sockaddr_un::sun_path))
        throw std::runtime_error("the socket's path '" + socket + "' is too long; set a shorter TMPDIR");
    return socket;
}

std::string log_in(const std::filesystem::path& folder) {
    return folder / "log";
}

// One that is free now; another process may take it before the server asks for it.
int free_port() {
    const descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const general = reinterpret_cast<sockaddr*>(&address);
    if (bind(socket.get(), general, size) != 0 || getsockname(socket.get(), general, &size) != 0)
        throw std::system_error(errno, std::generic_category(), "a port of loopback");
    return ntohs(address.sin_port);
}

child_process started(const std::filesystem::path& folder, int port) {
    return child_process::program(server_program(), {"redis-server",
                                                     "--bind",
                                                     "127.0.0.1",
                                                     "--port",
                                                     std::to_string(port),
                                                     "--unixsocket",
                                                     socket_in(folder),
                                                     "--unixsocketperm",
                                                     "700",
                                                     "--save",
                                                     "",
                                                     "--appendonly",
                                                     "no",
                                                     "--dir",
                                                     folder,
                                                     "--logfile",
                                                     log_in(folder),
                                                     "--daemonize",
                                                     "no",
                                                     "--databases",
                                                     "1",
                                                     "--hz",
                                                     "100"});
}

std::string last_line(const std::string& file) {
    std::ifstream text(file);
    std::string last = "it has written no log";
    for (std::string line; std::getline(text, line);) last = line;
    return last;
}

bool answers(const redis_url& url) {
    try {
        return redis_connection(url).command({"PING"}).text == "PONG";
    } catch (const redis_lost&) {
        return false;  // not yet
    }
}

constexpr auto longest_start = 20s;
constexpr unsigned most_ports = 20;

}  // namespace

private_server::private_server(reached_by way)
    : port_(way == reached_by::tcp ? free_port() : 0), process_(started(folder_.path(), port_)) {
    for (unsigned tries = 1; !comes_up(); ++tries) {
        // Whoever has taken the port meanwhile keeps it.
        if (port_ == 0 || tries == most_ports)
            throw std::runtime_error("the Redis server did not start (" + process_.fate() +
                                     "): " + last_line(log_in(folder_.path())));
        port_ = free_port();
        process_ = started(folder_.path(), port_);
    }
}

// False if it has ended instead. It answers on its socket only when it has its port, too: another server that
// has the port is not taken for it.
bool private_server::comes_up() {
    const auto deadline = std::chrono::steady_clock::now() + longest_start;
    while (!answers(socket())) {
        if (!process_.running()) return false;
        if (std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error("the Redis server did not answer: " + last_line(log_in(folder_.path())));
        std::this_thread::sleep_for(2ms);
    }
    return true;
}

redis_url private_server::socket() const {
    return {.socket = socket_in(folder_.path())};
}

redis_url private_server::url() const {
    return port_ == 0 ? socket() : redis_url{.host = "127.0.0.1", .port = port_};
}

}  // namespace handoff
