// The generated translation units of the conformance suite register what they hold by calling
// register_queue_tests and register_counter_tests. Linked with this file instead of the conformance suite's,
// the same object files register one test each: the stress. So it costs no build time per implementation.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "build.hpp"
#include "counter_suite.hpp"
#include "environment.hpp"
#include "queue_suite.hpp"
#include "session.hpp"
#include "stop.hpp"
#include "stress/stress.hpp"

namespace handoff {
namespace {

using conformance::is_second;
using conformance::number_from;
using linearizability::proof;
using linearizability::stress_effort;
using linearizability::time_for_bursts;
using namespace std::chrono_literals;

// A quarter of the time for stops.
time_for_bursts share(std::chrono::seconds all) {
    const std::chrono::milliseconds time(all);
    return {time * 3 / 4, time / 4};
}

// A sanitizer is for the calls themselves: half of the histories do. Threads are stopped as often as without
// one.
time_for_bursts quick(std::chrono::milliseconds undisturbed, std::chrono::milliseconds with_stops) {
    return {conformance::is_sanitized ? undisturbed / 2 : undisturbed, with_stops};
}

// HANDOFF_STRESS: quick or deep. HANDOFF_DEEP_SECONDS: how long a queue's deep test takes (15), a counter's a
// third of it. HANDOFF_STAMPS: on, or off for the checks that need no clock alone. HANDOFF_BURSTS: all, or
// stopped for those alone in which threads are stopped.
stress_effort effort() {
    const bool deep = is_second("HANDOFF_STRESS", "quick", "deep");
    const bool only_stops = is_second("HANDOFF_BURSTS", "all", "stopped");
    const std::chrono::seconds queue_time(number_from("HANDOFF_DEEP_SECONDS", 1, 15));
    const auto counter_time = std::max<std::chrono::seconds>(queue_time / 3, 1s);
    stress_effort chosen{.name = deep ? "deep" : "quick",
                         .queue = deep ? share(queue_time) : quick(2s, 400ms),
                         .counter = deep ? share(counter_time) : quick(1s, 200ms),
                         .use_stamps = !is_second("HANDOFF_STAMPS", "on", "off"),
                         .seed = conformance::seed()};
    for (time_for_bursts* const one : {&chosen.queue, &chosen.counter}) {
        if (only_stops) *one = {0ms, one->undisturbed + one->with_stops};
        if (!stalls::can_stop_threads) *one = {one->undisturbed, 0ms};
    }
    return chosen;
}

// HANDOFF_PROOFS: another folder for the proofs.
void publish(const proof& shown) {
    std::printf("%s\n", summary(shown).c_str());
    const char* const folder = std::getenv("HANDOFF_PROOFS");
    write(shown, folder == nullptr ? HANDOFF_PROOFS : folder);
    EXPECT_TRUE(shown.holds()) << shown.broken << "  repeat with HANDOFF_SEED=" << shown.seed << '\n';
    if (stalls::can_stop_threads && shown.holds() && !shown.checker.empty()) {
        EXPECT_GT(shown.stopped.stops, 0U) << "no thread was stopped inside a call";
    }
}

}  // namespace

void conformance::register_queue_tests(const queue_under_test& subject) {
    add_test(subject.registered_name, "histories_keep_the_promise", [subject] {
        const proof shown = linearizability::stress_queue(subject, effort());
        publish(shown);
        if (subject.numbers_from != nullptr && shown.holds() && !shown.checker.empty()) {
            EXPECT_GT(shown.wrapped.bursts, 0U) << "no index has passed a limit";
        }
    });
}

void conformance::register_counter_tests(const counter_under_test& subject) {
    add_test(subject.registered_name, "histories_keep_the_promise",
             [subject] { publish(linearizability::stress_counter(subject, effort())); });
}

}  // namespace handoff
