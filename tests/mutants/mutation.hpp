// Which fault is switched on, if any. The copies of our sources that scripts/mutations.py makes ask it
// wherever mutations.toml has a fault. HANDOFF_MUTATION of the environment names the fault; the explorer
// takes the name from its command line. What is asked in the middle of an operation is as cheap as can be,
// and orders nothing, so that a fault meets the threads as it would if it were built in.
#pragma once

#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace handoff::mutants {

// FNV-1a (Fowler, Noll, Vo); no fault has the hash 0.
constexpr std::uint64_t hash(std::string_view name) {
    std::uint64_t value = 0xcbf2'9ce4'8422'2325;
    for (const char c : name) value = (value ^ static_cast<unsigned char>(c)) * 0x0000'0100'0000'01b3;
    return value;
}

// A fault's name, hashed while compiling.
struct fault {
    consteval fault(const char* name) : hash_of_name(hash(name)) {}
    std::uint64_t hash_of_name;
};

// Of the fault that is switched on; 0: none. It changes only while one thread runs.
inline std::uint64_t switched_on = [] {
    const char* const name = std::getenv("HANDOFF_MUTATION");
    return name == nullptr || *name == '\0' ? 0 : hash(name);
}();

inline void switch_on(std::string_view name) {
    switched_on = hash(name);
}

inline std::atomic<bool> is_met{false};

// Says so once: a fault that is never met proves nothing.
inline void meet() {
    // relaxed: the fault must not become a synchronization.
    if (is_met.load(std::memory_order_relaxed) || is_met.exchange(true, std::memory_order_relaxed)) return;
    constexpr std::string_view text = "the mutation is met\n";
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

inline bool is_mutated(fault asked) {
    if (switched_on != asked.hash_of_name) return false;
    meet();
    return true;
}

}  // namespace handoff::mutants
