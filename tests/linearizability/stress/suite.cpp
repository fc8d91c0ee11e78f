// The generated translation units of the conformance suite register what they hold by calling
// register_queue_tests and register_counter_tests. Linked with this file instead of the conformance suite's,
// the same object files register one test each: the stress. So it costs no build time per implementation.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "counter_suite.hpp"
#include "queue_suite.hpp"
#include "session.hpp"
#include "stress/stress.hpp"

namespace handoff {
namespace {

using linearizability::proof;
using linearizability::stress_effort;

constexpr int exit_misuse = 2;

// Whether an environment variable holds the second of two words; the first one if it is unset.
bool is_second(const char* variable, const char* first, const char* second) {
    const char* const text = std::getenv(variable);
    const std::string wanted = text == nullptr ? first : text;
    if (wanted == first || wanted == second) return wanted == second;
    std::fprintf(stderr, "linearizability: %s is \"%s\"; valid: %s, %s\n", variable, wanted.c_str(), first,
                 second);
    std::exit(exit_misuse);
}

// HANDOFF_STRESS: quick or deep. HANDOFF_STAMPS: on, or off for the checks that need no clock alone.
stress_effort effort() {
    const bool deep = is_second("HANDOFF_STRESS", "quick", "deep");
    return {.name = deep ? "deep" : "quick",
            .queue_seconds = deep ? 60U : 2U,
            .counter_seconds = deep ? 20U : 1U,
            .use_stamps = !is_second("HANDOFF_STAMPS", "on", "off"),
            .seed = conformance::seed()};
}

// HANDOFF_PROOFS: another folder for the proofs.
void publish(const proof& shown) {
    std::printf("%s\n", summary(shown).c_str());
    const char* const folder = std::getenv("HANDOFF_PROOFS");
    write(shown, folder == nullptr ? HANDOFF_PROOFS : folder);
    EXPECT_TRUE(shown.holds()) << shown.broken << "  repeat with HANDOFF_SEED=" << shown.seed << '\n';
}

}  // namespace

void conformance::register_queue_tests(const queue_under_test& subject) {
    add_test(subject.registered_name, "histories_keep_the_promise",
             [subject] { publish(linearizability::stress_queue(subject, effort())); });
}

void conformance::register_counter_tests(const counter_under_test& subject) {
    add_test(subject.registered_name, "histories_keep_the_promise",
             [subject] { publish(linearizability::stress_counter(subject, effort())); });
}

}  // namespace handoff
