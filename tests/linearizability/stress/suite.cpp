// The generated translation units of the conformance suite register what they hold by calling
// register_queue_tests and register_counter_tests. Linked with this file instead of the conformance suite's,
// the same object files register one test each: the stress. So it costs no build time per implementation.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "counter_suite.hpp"
#include "environment.hpp"
#include "queue_suite.hpp"
#include "session.hpp"
#include "stress/stress.hpp"

namespace handoff {
namespace {

using conformance::is_second;
using conformance::number_from;
using linearizability::proof;
using linearizability::stress_effort;

// HANDOFF_STRESS: quick or deep. HANDOFF_DEEP_SECONDS: how long a queue's deep test takes (15), a counter's a
// third of it. HANDOFF_STAMPS: on, or off for the checks that need no clock alone.
stress_effort effort() {
    const bool deep = is_second("HANDOFF_STRESS", "quick", "deep");
    const std::uint64_t deep_seconds = number_from("HANDOFF_DEEP_SECONDS", 1, 15);
    return {.name = deep ? "deep" : "quick",
            .queue_seconds = deep ? deep_seconds : 2,
            .counter_seconds = deep ? std::max<std::uint64_t>(deep_seconds / 3, 1) : 1,
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
