#include "effort.hpp"

#include <errno.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace handoff::stalls {
namespace {

constexpr int exit_misuse = 2;
constexpr std::chrono::milliseconds quick_test{400};

[[noreturn]] void refuse(const char* variable, const std::string& value, const char* valid) {
    std::fprintf(stderr, "%s: %s is \"%s\"; valid: %s\n", program_invocation_short_name, variable,
                 value.c_str(), valid);
    std::exit(exit_misuse);
}

std::string text_of(const char* variable, const char* otherwise) {
    const char* const text = std::getenv(variable);
    return text == nullptr ? otherwise : text;
}

std::chrono::seconds seconds_from(const char* variable, const char* otherwise) {
    const std::string text = text_of(variable, otherwise);
    const bool plain = text.find_first_not_of("0123456789") == std::string::npos;
    const unsigned long seconds =
        plain && !text.empty() && text.size() < 7 ? std::strtoul(text.c_str(), nullptr, 10) : 0;
    if (seconds == 0) refuse(variable, text, "whole seconds from 1 to 999999");
    return std::chrono::seconds(seconds);
}

effort from_environment() {
    const std::string stress = text_of("HANDOFF_STRESS", "quick");
    if (stress != "quick" && stress != "deep") refuse("HANDOFF_STRESS", stress, "quick, deep");
    const bool deep = stress == "deep";
    return {.name = deep ? "deep" : "quick",
            .per_test = deep ? seconds_from("HANDOFF_DEEP_SECONDS", "20") : quick_test,
            .patience = seconds_from("HANDOFF_PATIENCE_SECONDS", "10")};
}

}  // namespace

const effort& the_effort() {
    static const effort chosen = from_environment();
    return chosen;
}

}  // namespace handoff::stalls
