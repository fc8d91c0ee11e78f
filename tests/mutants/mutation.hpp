// The fault that is switched on, if any (impls/support/mutation.hpp): HANDOFF_MUTATION of the environment
// names it. What is asked in the middle of an operation is as cheap as can be, and orders nothing, so that a
// fault meets the threads as it would if it were built in.
#pragma once

#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <type_traits>

namespace handoff::mutants {

// FNV-1a (Fowler, Noll, Vo), goes on from `before`.
constexpr std::uint64_t hash(std::string_view text, std::uint64_t before = 0xcbf2'9ce4'8422'2325) {
    for (const char c : text) before = (before ^ static_cast<unsigned char>(c)) * 0x0000'0100'0000'01b3;
    return before;
}

inline const std::uint64_t mutation_under_test = [] {
    const char* const name = std::getenv("HANDOFF_MUTATION");
    return name == nullptr || *name == '\0' ? 0 : hash(name);
}();

// True, and says so once: a fault that is never met proves nothing.
inline bool meet() {
    static std::atomic<bool> is_met{false};
    // relaxed: the fault must not become a synchronization.
    if (!is_met.load(std::memory_order_relaxed) && !is_met.exchange(true, std::memory_order_relaxed)) {
        constexpr std::string_view text = "the mutation is met\n";
        [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
    }
    return true;
}

// A type, so that the hash is made while compiling.
template <std::uint64_t mutation>
bool is_on() {
    return mutation_under_test == mutation && meet();
}

}  // namespace handoff::mutants

#define HANDOFF_IS_MUTATED(name)                         \
    (::handoff::mutants::is_on<::handoff::mutants::hash( \
         "." #name, ::handoff::mutants::hash(::handoff::file_of_mutation(__FILE__)))>())
