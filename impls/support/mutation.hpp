// Named faults, by which the checks are checked: each stands in the source where a programmer might make it,
// and none is there unless a build asks for it. A fault's whole name is file.name: vyukov_mpmc_ring.publish.
//   normally                    HANDOFF_MUTATION(name, original, mutated) is `original`, to the letter
//   HANDOFF_MUTATE="file.name"  the fault of this name is built in, for a binary of its own
//   HANDOFF_EXPLORATION         tests/exploration switches faults on as it runs
// HANDOFF_WEAKENED is the fault of an order that was forgotten.
#pragma once

#if defined(HANDOFF_EXPLORATION) || defined(HANDOFF_MUTATE)
#include <string_view>
#endif
#if defined(HANDOFF_EXPLORATION)
#include "exploration/explorer/mutation.hpp"
#endif

#if defined(HANDOFF_EXPLORATION) || defined(HANDOFF_MUTATE)
namespace handoff {

constexpr bool is_mutation(std::string_view wanted, std::string_view file, std::string_view name) {
    file.remove_prefix(file.find_last_of('/') + 1);
    file = file.substr(0, file.find('.'));
    return wanted.size() == file.size() + 1 + name.size() && wanted.starts_with(file) &&
           wanted[file.size()] == '.' && wanted.ends_with(name);
}

#if defined(HANDOFF_EXPLORATION)
inline bool is_mutated(std::string_view file, std::string_view name) {
    const std::string_view wanted = exploration::mutation_under_test;
    if (wanted.empty() || !is_mutation(wanted, file, name)) return false;
    ++exploration::mutation_uses;
    return true;
}
#else
constexpr bool is_mutated(std::string_view file, std::string_view name) {
    return is_mutation(HANDOFF_MUTATE, file, name);
}
#endif

}  // namespace handoff

#define HANDOFF_MUTATION(name, original, mutated) \
    (::handoff::is_mutated(__FILE__, #name) ? (mutated) : (original))
#else
#define HANDOFF_MUTATION(name, original, mutated) original
#endif
// relaxed: what a fault makes of another order, which is tagged where it stands.
#define HANDOFF_WEAKENED(name, order) HANDOFF_MUTATION(name, order, std::memory_order_relaxed)
