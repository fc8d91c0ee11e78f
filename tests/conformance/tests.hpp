// The tests of a queue, in the order in which queue_suite.cpp selects them. Each file below holds one group.
#pragma once

#include "any_queue.hpp"

namespace handoff::conformance {

// single_thread.cpp: what a queue owes to a thread that is alone with it.
void spec_is_sound(const queue_under_test& subject);
void new_queue_is_empty(const queue_under_test& subject);
void capacity_is_honoured(const queue_under_test& subject);
void unbounded_takes_everything(const queue_under_test& subject);
void failed_push_leaves_the_value(const queue_under_test& subject);
void items_leave_in_order(const queue_under_test& subject);
void laps_lose_nothing(const queue_under_test& subject);
void every_bit_of_an_item_passes(const queue_under_test& subject);
void move_only_items_pass(const queue_under_test& subject);
void items_need_no_default(const queue_under_test& subject);
void handles_come_and_go(const queue_under_test& subject);

// capacities.cpp: how many items it holds, whatever it was asked for.
void small_capacities_are_exact(const queue_under_test& subject);
void large_capacities_are_exact(const queue_under_test& subject);
void absurd_capacities_are_refused(const queue_under_test& subject);
void no_capacity_has_an_answer(const queue_under_test& subject);
void many_items_pass_odd_capacities(const queue_under_test& subject);

// alignment.cpp: items of more than the usual alignment.
void items_lie_where_they_must(const queue_under_test& subject);

// moves.cpp: how often a call moves an item.
void calls_move_no_more_than_they_must(const queue_under_test& subject);

// bulk.cpp, bulk_transfer.cpp: several items in one call, by one thread and by many.
void bulk_calls_stop_at_full_and_empty(const queue_under_test& subject);
void bulk_laps_lose_nothing(const queue_under_test& subject);
void bulk_calls_pass_the_wrap(const queue_under_test& subject);
void bulk_calls_move_what_they_take(const queue_under_test& subject);
void move_only_items_pass_in_bulk(const queue_under_test& subject);
void throwing_move_in_a_bulk_loses_nothing(const queue_under_test& subject);
void bulk_transfer_conserves_items(const queue_under_test& subject);
void bulk_transfer_conserves_move_only_items(const queue_under_test& subject);

// several_queues.cpp: what one queue owes to another of its type.
void queues_live_side_by_side(const queue_under_test& subject);
void threads_outlive_queues(const queue_under_test& subject);

// steady_memory.cpp: memory while as much comes out as goes in, and while the same is done again and again.
void memory_levels_off(const queue_under_test& subject);
void failed_calls_keep_no_memory(const queue_under_test& subject);
void handles_keep_no_memory(const queue_under_test& subject);
void destroyed_queues_keep_no_memory(const queue_under_test& subject);
void throwing_calls_keep_no_memory(const queue_under_test& subject);
void waiting_keeps_no_memory(const queue_under_test& subject);

// lifecycle.cpp: births, deaths and moves that throw.
void items_die_exactly_once(const queue_under_test& subject);
void destructor_frees_leftovers(const queue_under_test& subject);
void destructor_frees_what_many_left(const queue_under_test& subject);
void throwing_move_loses_nothing(const queue_under_test& subject);

// multi_thread.cpp: what it owes to many.
void transfer_conserves_items(const queue_under_test& subject);
void transfer_keeps_producer_order(const queue_under_test& subject);
void transfer_conserves_move_only_items(const queue_under_test& subject);
void large_items_arrive_whole(const queue_under_test& subject);
void push_publishes_plain_writes(const queue_under_test& subject);
void order_holds_across_threads(const queue_under_test& subject);
void handles_are_made_by_many_threads(const queue_under_test& subject);
void quiescent_queue_is_exact(const queue_under_test& subject);

// short_lived.cpp: threads that begin and end while others work.
void short_lived_threads_conserve_items(const queue_under_test& subject);

// many_handles.cpp: handles that come and go beside one that works, and many at once.
void producers_that_come_and_go_disturb_nobody(const queue_under_test& subject);
void consumers_that_come_and_go_disturb_nobody(const queue_under_test& subject);
void many_handles_live_at_once(const queue_under_test& subject);

// hundred_threads.cpp, small_crowd.cpp, room_for_all.cpp, sustained.cpp: many threads on little room, and for
// long.
void hundred_threads_conserve_items(const queue_under_test& subject);
void capacity_survives_a_crowd(const queue_under_test& subject);
void calls_succeed_with_room_for_all(const queue_under_test& subject);
void one_of_two_pushes_finds_the_room(const queue_under_test& subject);
void one_of_two_pops_finds_the_item(const queue_under_test& subject);
void sustained_transfers_lose_nothing(const queue_under_test& subject);

// wrapping.cpp: indices that pass a power of two at which a narrower or a signed number would fail.
void indices_may_wrap(const queue_under_test& subject);
void transfer_passes_the_wrap(const queue_under_test& subject);

// contention.cpp: many at one end, at the same moment.
void simultaneous_calls_conserve_items(const queue_under_test& subject);

// blocking.cpp: the queue's own waiting.
void push_waits_while_full(const queue_under_test& subject);
void pop_waits_while_empty(const queue_under_test& subject);
void every_waiting_pop_is_served(const queue_under_test& subject);
void every_waiting_push_is_served(const queue_under_test& subject);
void no_wake_up_is_lost(const queue_under_test& subject);
void blocking_transfer_conserves_items(const queue_under_test& subject);
void pop_for_returns_an_item(const queue_under_test& subject);
void pop_for_at_its_timeout_loses_nothing(const queue_under_test& subject);

// mixed_waiters.cpp: threads that wait in calls of several kinds, and many of them.
void waiters_of_all_kinds_are_served(const queue_under_test& subject);
void pop_for_that_gives_up_leaves_others_their_wake_up(const queue_under_test& subject);
void crowds_of_waiters_are_served(const queue_under_test& subject);

// timeouts.cpp: calls that wait, and come back in time.
void pop_for_gives_up(const queue_under_test& subject);
void pop_for_keeps_nobody_waiting(const queue_under_test& subject);
void waiting_calls_go_on_at_once(const queue_under_test& subject);

// late_timeouts.cpp: pop_for, woken for items that others take.
void pop_for_gives_up_while_others_take(const queue_under_test& subject);

// throwing_waiters.cpp: threads that were woken, and whose moves throw.
void throwing_pop_wakes_another(const queue_under_test& subject);
void throwing_push_wakes_another(const queue_under_test& subject);

// closing.cpp: close().
void close_wakes_every_pop(const queue_under_test& subject);
void close_wakes_every_push(const queue_under_test& subject);
void close_wakes_pop_for(const queue_under_test& subject);
void close_may_be_called_again(const queue_under_test& subject);
void closed_queue_returns_what_is_left(const queue_under_test& subject);
void closed_queue_takes_nothing(const queue_under_test& subject);
void close_under_load_loses_nothing(const queue_under_test& subject);

}  // namespace handoff::conformance
