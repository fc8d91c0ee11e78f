#include "url.hpp"

#include <charconv>
#include <system_error>

#include "harness/machine/errors.hpp"

namespace handoff {
namespace {

constexpr std::string_view over_tcp = "redis://";
constexpr std::string_view over_socket = "unix://";

bool read_port(std::string_view text, int& port) {
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, port);
    return error == std::errc{} && stopped == end && port > 0 && port < 65536;
}

bool read_host_and_port(std::string_view text, redis_url& url) {
    if (text.ends_with('/')) text.remove_suffix(1);
    const std::size_t colon = text.rfind(':');
    // An address with colons of its own stands in brackets.
    const bool has_port = colon != std::string_view::npos && text.find(']', colon) == std::string_view::npos;
    std::string_view host = text.substr(0, has_port ? colon : text.size());
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    url.host = host;
    return !host.empty() && host.find_first_of("/@?#") == std::string_view::npos &&
           (!has_port || read_port(text.substr(colon + 1), url.port));
}

}  // namespace

redis_url redis_url::parse(std::string_view text) {
    redis_url url;
    if (text.starts_with(over_socket)) url.socket = text.substr(over_socket.size());
    const bool is_socket = url.socket.starts_with('/');
    if (is_socket || (text.starts_with(over_tcp) && read_host_and_port(text.substr(over_tcp.size()), url)))
        return url;
    // It may hold a password, which nobody is to read who reads what a run has said.
    const bool is_private = text.find('@') != std::string_view::npos;
    throw misuse((is_private ? "Redis server: a user or a password in its URL is not supported"
                             : "Redis server '" + std::string(text) + "' is no URL of one") +
                 "; valid: redis://HOST:PORT, unix:///PATH");
}

std::string redis_url::text() const {
    if (!socket.empty()) return std::string(over_socket) + socket;
    const bool brackets = host.find(':') != std::string::npos;
    return std::string(over_tcp) + (brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace handoff
