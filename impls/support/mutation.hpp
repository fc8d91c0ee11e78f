// Named faults, by which the checks are checked: each stands in the source where a programmer might make it,
// and none is there unless a build asks for it. A fault's whole name is file.name: vyukov_mpmc_ring.publish.
//   normally             HANDOFF_MUTATION(name, original, mutated) is `original`, to the letter
//   HANDOFF_MUTANTS      tests/mutants: the environment switches one on, HANDOFF_MUTATION=file.name
//   HANDOFF_EXPLORATION  tests/exploration switches them on as it runs
// Each has its line in tests/mutants/mutations.toml, which says what catches it.
#pragma once

#if defined(HANDOFF_EXPLORATION) || defined(HANDOFF_MUTANTS)
#include <string_view>
#endif
#if defined(HANDOFF_EXPLORATION)
#include "exploration/explorer/mutation.hpp"
#elif defined(HANDOFF_MUTANTS)
#include "mutants/mutation.hpp"
#endif

#if defined(HANDOFF_EXPLORATION) || defined(HANDOFF_MUTANTS)
namespace handoff {

// The part of a fault's name that its file gives it.
constexpr std::string_view file_of_mutation(std::string_view path) {
    path.remove_prefix(path.find_last_of('/') + 1);
    return path.substr(0, path.find('.'));
}

}  // namespace handoff

#define HANDOFF_MUTATION(name, original, mutated) (HANDOFF_IS_MUTATED(name) ? (mutated) : (original))
#define HANDOFF_INSERTED(name, step) \
    (HANDOFF_IS_MUTATED(name) ? static_cast<void>(step) : static_cast<void>(0))
#define HANDOFF_OMITTED(name, step) \
    (HANDOFF_IS_MUTATED(name) ? static_cast<void>(0) : static_cast<void>(step))
#else
#define HANDOFF_MUTATION(name, original, mutated) original
// The fault of a step too many, or in a wrong place; and of one that was forgotten.
#define HANDOFF_INSERTED(name, step) static_cast<void>(0)
#define HANDOFF_OMITTED(name, step) step
#endif
// The fault of an order that was forgotten.
// relaxed: what a fault makes of another order, which is tagged where it stands.
#define HANDOFF_WEAKENED(name, order) HANDOFF_MUTATION(name, order, std::memory_order_relaxed)
