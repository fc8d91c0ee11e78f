// What the environment may tell a test. A value that is not valid ends the process, with one line that says
// so.
#pragma once

#include <errno.h>

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace handoff::conformance {

inline constexpr int exit_misuse = 2;

// A variable that must be a whole number of at least `least`; `otherwise` if it is unset.
inline std::uint64_t number_from(const char* variable, std::uint64_t least, std::uint64_t otherwise) {
    const char* const text = std::getenv(variable);
    if (text == nullptr) return otherwise;
    const std::string_view digits(text);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size() || value < least) {
        std::fprintf(stderr, "%s: %s is \"%s\", but must be a whole number from %llu on\n",
                     program_invocation_short_name, variable, text, static_cast<unsigned long long>(least));
        std::exit(exit_misuse);
    }
    return value;
}

// Whether a variable holds the second of two words; the first one if it is unset.
inline bool is_second(const char* variable, std::string_view first, std::string_view second) {
    const char* const text = std::getenv(variable);
    const std::string_view wanted = text == nullptr ? first : text;
    if (wanted == first || wanted == second) return wanted == second;
    std::fprintf(stderr, "%s: %s is \"%s\"; valid: %s, %s\n", program_invocation_short_name, variable, text,
                 first.data(), second.data());
    std::exit(exit_misuse);
}

}  // namespace handoff::conformance
