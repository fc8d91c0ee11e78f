// The fault that is switched on, if any (impls/support/mutation.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace handoff::exploration {

inline std::string mutation_under_test;
// How often the code of that name has run: a fault that is never met proves nothing.
inline std::uint64_t mutation_uses = 0;

inline bool is_mutated(std::string_view file, std::string_view name) {
    const std::string_view wanted = mutation_under_test;
    const bool is_it = wanted.size() == file.size() + 1 + name.size() && wanted.starts_with(file) &&
                       wanted[file.size()] == '.' && wanted.ends_with(name);
    mutation_uses += is_it ? 1 : 0;
    return is_it;
}

}  // namespace handoff::exploration

#define HANDOFF_IS_MUTATED(name)                             \
    (!::handoff::exploration::mutation_under_test.empty() && \
     ::handoff::exploration::is_mutated(::handoff::file_of_mutation(__FILE__), #name))
