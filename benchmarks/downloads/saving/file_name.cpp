#include "file_name.hpp"

#include <cstddef>
#include <stdexcept>

namespace handoff {
namespace {

// File systems take 255 bytes (NAME_MAX); what is being written has a longer name than the file.
constexpr std::size_t longest_part = 200;

constexpr std::string_view digits = "0123456789ABCDEF";

// An empty path would be the folder itself. No byte has this code.
constexpr std::string_view empty_name = "%";

bool stands_for_itself(char c, bool begins_part) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    return letter || digit || c == '-' || c == '_' || (c == '.' && !begins_part);
}

void append_code(std::string& path, char c) {
    const auto byte = static_cast<unsigned char>(c);
    path += '%';
    path += digits[byte / 16U];
    path += digits[byte % 16U];
}

// The byte of a code that begins at `at`.
char byte_of(std::string_view path, std::size_t at) {
    if (at + 2 >= path.size()) throw std::invalid_argument("a code is cut off");
    const std::size_t high = digits.find(path[at + 1]);
    const std::size_t low = digits.find(path[at + 2]);
    if (high == std::string_view::npos || low == std::string_view::npos)
        throw std::invalid_argument("a code has other digits than 0 to F");
    return static_cast<char>(16 * high + low);
}

}  // namespace

std::string encode_name(std::string_view name) {
    if (name.empty()) return std::string(empty_name);
    std::string path;
    std::size_t part = 0;  // where the last part begins
    for (const char c : name) {
        if (path.size() - part + 3 > longest_part) {
            path += no_item;
            path += '/';
            part = path.size();
        }
        if (stands_for_itself(c, path.size() == part)) {
            path += c;
        } else {
            append_code(path, c);
        }
    }
    return path;
}

std::string decode_name(std::string_view path) {
    std::string name;
    if (path != empty_name)
        for (std::size_t at = 0; at < path.size(); ++at) {
            if (path[at] == '%') {
                name += byte_of(path, at);
                at += 2;
            } else if (path[at] != no_item && path[at] != '/') {
                name += path[at];
            }
        }
    // There is one path for each name, so that two files are never one item.
    if (encode_name(name) != path)
        throw std::invalid_argument("'" + std::string(path) + "' is no encoded name");
    return name;
}

}  // namespace handoff
