// The generated translation units of the conformance suite register what they hold by calling
// register_queue_tests and register_counter_tests. Linked with this file instead of the conformance suite's,
// the same object files register the tests of this folder, at no build time per implementation.
#include "counter_suite.hpp"
#include "queue_suite.hpp"
#include "session.hpp"
#include "steps.hpp"
#include "stop.hpp"
#include "tests.hpp"

namespace handoff {

void conformance::register_queue_tests(const queue_under_test& subject) {
    if (!subject.spec->conserves) return;
    const auto add = [&](std::string_view name, void (*body)(const queue_under_test&)) {
        add_test(subject.registered_name, name, [subject, body] { body(subject); });
    };
    if constexpr (stalls::can_stop_threads) {
        add("progress_is_as_claimed", stalls::queue_progress_is_as_claimed);
        add("stalled_transfers_keep_the_promise", stalls::stalled_transfers_keep_the_promise);
        if (subject.spec->producers == cardinality::many || subject.spec->consumers == cardinality::many)
            add("stopped_handles_disturb_nobody", stalls::stopped_handles_disturb_nobody);
        add("stopped_crowds_keep_items_and_room", stalls::stopped_crowds_keep_items_and_room);
        if constexpr (stalls::can_step) {
            add("cut_calls_keep_items_and_room", stalls::cut_calls_keep_items_and_room);
        }
        if (subject.blocking || subject.timed)
            add("stopped_waiters_keep_the_promise", stalls::stopped_waiters_keep_the_promise);
        if (subject.closable) add("close_reaches_stopped_threads", stalls::close_reaches_stopped_threads);
        add("failed_allocations_are_survived", stalls::failed_allocations_are_survived);
    }
    if (subject.blocking)
        add("no_wake_up_is_lost_at_random_delays", stalls::no_wake_up_is_lost_at_random_delays);
    if (subject.closable)
        add("close_wakes_everybody_at_random_delays", stalls::close_wakes_everybody_at_random_delays);
}

void conformance::register_counter_tests(const counter_under_test& subject) {
    if constexpr (stalls::can_stop_threads) {
        add_test(subject.registered_name, "progress_is_as_claimed",
                 [subject] { stalls::counter_progress_is_as_claimed(subject); });
        if (subject.spec->value != read_guarantee::lossy)
            add_test(subject.registered_name, "stopped_handles_disturb_nobody",
                     [subject] { stalls::stopped_counter_handles_disturb_nobody(subject); });
    }
}

}  // namespace handoff
