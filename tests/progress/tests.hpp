// The tests of this folder, in the order in which suite.cpp selects them.
#pragma once

#include "any_counter.hpp"
#include "any_queue.hpp"

namespace handoff::stalls {

// progress_claims.cpp: others go on, as the spec claims, while a thread is stopped inside an operation.
void queue_progress_is_as_claimed(const conformance::queue_under_test& subject);
void counter_progress_is_as_claimed(const conformance::counter_under_test& subject);

// stalled_transfers.cpp: what comes out while threads are stopped now and then.
void stalled_transfers_keep_the_promise(const conformance::queue_under_test& subject);

// stopped_crowds.cpp: what four threads leave of a queue with few places.
void stopped_crowds_keep_items_and_room(const conformance::queue_under_test& subject);

// cut_calls.cpp: what threads leave of it that take turns in the middle of calls.
void cut_calls_keep_items_and_room(const conformance::queue_under_test& subject);

// stopped_handles.cpp: many handles beside one.
void stopped_handles_disturb_nobody(const conformance::queue_under_test& subject);
void stopped_counter_handles_disturb_nobody(const conformance::counter_under_test& subject);

// stopped_waiters.cpp: the queue's own push, pop, pop_for and close.
void stopped_waiters_keep_the_promise(const conformance::queue_under_test& subject);
void close_reaches_stopped_threads(const conformance::queue_under_test& subject);

// allocation_failures.cpp: memory runs out.
void failed_allocations_are_survived(const conformance::queue_under_test& subject);

// wake_ups.cpp: the queue's own push, pop and close, meeting at random delays.
void no_wake_up_is_lost_at_random_delays(const conformance::queue_under_test& subject);
void close_wakes_everybody_at_random_delays(const conformance::queue_under_test& subject);

}  // namespace handoff::stalls
