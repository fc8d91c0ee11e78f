#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstdio>

#include "effort.hpp"
#include "proof.hpp"
#include "scenes.hpp"
#include "tests.hpp"

namespace handoff::stalls {
namespace {

// Inside each operation, where one of them claims progress: a window of nanoseconds needs so many (stop.hpp).
constexpr std::uint64_t enough_stops = 100;

conditions conditions_for(const std::array<progress, 2>& claims, std::size_t casts) {
    const bool claims_progress = claims[0] != progress::blocking || claims[1] != progress::blocking;
    return {.claims = claims,
            .duration = the_effort().per_test / static_cast<int>(casts),
            .patience = the_effort().patience,
            .stops = claims_progress ? enough_stops : 1};
}

void judge(const progress_proof& shown) {
    write(shown);
    for (std::size_t operation : {0U, 1U}) {
        const std::string text = std::string(shown.name) + ": " + summary(shown, operation);
        std::printf("%s\n", text.c_str());
        EXPECT_FALSE(claims_too_much(shown.seen, shown.claims, operation)) << "claims too much: " << text;
    }
    if (!shown.violation().empty()) return;
    // Without this a thread that is never caught inside a call would prove everything.
    EXPECT_GT(shown.seen.inside[0], 0U) << "no stop fell into " << shown.operations[0];
    EXPECT_GT(shown.seen.inside[1], 0U) << "no stop fell into " << shown.operations[1];
}

}  // namespace

void queue_progress_is_as_claimed(const conformance::queue_under_test& subject) {
    const queue_spec& spec = *subject.spec;
    progress_proof shown{.kind = "queue",
                         .name = subject.registered_name,
                         .operations = queue_scene::operations,
                         .claims = {spec.push, spec.pop},
                         .seen = {}};
    const std::vector<cast> casts = casts_for(spec);
    const conditions under = conditions_for(shown.claims, casts.size());
    for (const cast& who : casts) {
        queue_scene tested(subject);
        observe(tested, who, under, shown.seen);
        if (!shown.violation().empty()) break;
    }
    judge(shown);
}

void counter_progress_is_as_claimed(const conformance::counter_under_test& subject) {
    const counter_spec& spec = *subject.spec;
    progress_proof shown{.kind = "counter",
                         .name = subject.registered_name,
                         .operations = counter_scene::operations,
                         .claims = {spec.add, spec.read},
                         .seen = {}};
    counter_scene tested(subject);
    const cast all{.victim = {0, 1}, .others = {true, true}};
    observe(tested, all, conditions_for(shown.claims, 1), shown.seen);
    judge(shown);
}

}  // namespace handoff::stalls
