// The tests of a lock that have a file of their own; lock_suite.cpp has the others, and selects.
#pragma once

#include "any_lock.hpp"

namespace handoff::conformance {

// lock_exclusion.cpp: many threads at once.
void one_thread_at_a_time(const lock_under_test& subject);
void a_hundred_threads_get_their_turns(const lock_under_test& subject);
void no_wake_up_of_a_lock_is_lost(const lock_under_test& subject);
void writers_are_alone_among_readers(const lock_under_test& subject);

// lock_fairness.cpp: who comes next.
void waiters_enter_in_order(const lock_under_test& subject);
void a_waiter_is_passed_over_at_most_so_often(const lock_under_test& subject);

}  // namespace handoff::conformance
