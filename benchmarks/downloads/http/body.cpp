#include "body.hpp"

#include <algorithm>
#include <vector>

#include "downloads/job/mixed.hpp"

namespace handoff {
namespace {

constexpr std::size_t period = std::size_t{1} << 16;

// Every document is this, again and again, from a place of its own on.
const std::vector<char>& noise() {
    static const std::vector<char> all = [] {
        std::vector<char> bytes(period);
        for (std::size_t i = 0; i < period; ++i) bytes[i] = static_cast<char>(mixed(i) & 0xff);
        return bytes;
    }();
    return all;
}

}  // namespace

std::span<const char> body_piece(std::uint64_t document, std::size_t offset, std::size_t most) {
    const std::size_t at = (mixed(document) + offset) % period;
    return std::span(noise()).subspan(at, std::min(most, period - at));
}

bool has_piece(std::uint64_t document, std::size_t offset, std::span<const char> bytes) {
    while (!bytes.empty()) {
        const std::span<const char> expected = body_piece(document, offset, bytes.size());
        if (!std::ranges::equal(bytes.first(expected.size()), expected)) return false;
        bytes = bytes.subspan(expected.size());
        offset += expected.size();
    }
    return true;
}

}  // namespace handoff
