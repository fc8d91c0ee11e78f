// A line put together without memory, locks or stdio, for a signal handler. What does not fit is cut off.
#pragma once

#include <unistd.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace handoff::conformance {

class signal_safe_text {
public:
    signal_safe_text& operator<<(std::string_view text) {
        for (const char c : text) {
            if (size_ < room_.size()) room_[size_++] = c;
        }
        return *this;
    }
    signal_safe_text& operator<<(char c) { return *this << std::string_view(&c, 1); }
    signal_safe_text& operator<<(std::uint64_t number) {
        std::array<char, 20> digits{};
        const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
        return *this << std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data()));
    }
    void write_to(int descriptor) const {
        // A line that cannot be written can be reported to nobody.
        [[maybe_unused]] const ssize_t written = write(descriptor, room_.data(), size_);
    }

private:
    std::array<char, 1024> room_{};
    std::size_t size_ = 0;
};

}  // namespace handoff::conformance
