// The tests of a counter that have a file of their own; counter_suite.cpp has the others, and selects.
#pragma once

#include "any_counter.hpp"

namespace handoff::conformance {

// counter_reads.cpp: reads while others add.
void reads_under_load_are_in_bounds(const counter_under_test& subject);
void reads_are_in_bounds_far_from_zero(const counter_under_test& subject);
void reads_are_in_bounds_while_handles_go(const counter_under_test& subject);

// counter_moments.cpp: reads of a counter that says it is exact.
void exact_reads_are_of_one_moment(const counter_under_test& subject);

// counter_handles.cpp: handles that come and go beside one that adds.
void counter_handles_that_come_and_go_disturb_nobody(const counter_under_test& subject);

// counter_instances.cpp: many counters, and many times the same.
void counters_live_side_by_side(const counter_under_test& subject);
void counters_keep_no_memory(const counter_under_test& subject);

}  // namespace handoff::conformance
