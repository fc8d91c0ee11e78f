#include "private_server.hpp"

#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "connection.hpp"

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

child_process started(const std::filesystem::path& folder) {
    return child_process::program(server_program(), {"redis-server",
                                                     "--port",
                                                     "0",
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

}  // namespace

private_server::private_server() : process_(started(folder_.path())) {
    const auto deadline = std::chrono::steady_clock::now() + longest_start;
    while (!answers(url())) {
        if (!process_.running())
            throw std::runtime_error("the Redis server did not start (" + process_.fate() +
                                     "): " + last_line(log_in(folder_.path())));
        if (std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error("the Redis server did not answer: " + last_line(log_in(folder_.path())));
        std::this_thread::sleep_for(2ms);
    }
}

redis_url private_server::url() const {
    return {.socket = socket_in(folder_.path())};
}

}  // namespace handoff
