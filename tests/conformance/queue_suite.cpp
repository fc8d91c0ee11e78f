#include "queue_suite.hpp"

#include "build.hpp"
#include "session.hpp"
#include "tests.hpp"

namespace handoff::conformance {
namespace {

struct candidate {
    std::string_view name;
    bool applies;
    void (*body)(const queue_under_test& subject);
};

}  // namespace

void register_queue_tests(const queue_under_test& subject) {
    const queue_spec& spec = *subject.spec;
    const bool real = spec.conserves;
    const bool bounded = real && subject.bounded() && subject.has_capacity;
    const bool blocking = real && subject.blocking;
    const bool timed = real && subject.timed;
    const bool closable = real && subject.closable;
    const bool bulk = real && subject.bulk.numbers;
    const bool many_consumers = spec.consumers == cardinality::many;
    const bool many = spec.producers == cardinality::many || spec.consumers == cardinality::many;
    const bool many_at_both = spec.producers == cardinality::many && spec.consumers == cardinality::many;
    const bool is_exact = spec.failure == try_failure::exact;
    const bool tracks = subject.tracked_items != nullptr || subject.tracked_copies != nullptr;
    const bool throws = subject.fallible_items != nullptr;
    const candidate candidates[] = {
        {"spec_is_sound", true, spec_is_sound},
        {"new_queue_is_empty", real, new_queue_is_empty},
        {"capacity_is_honoured", bounded, capacity_is_honoured},
        {"unbounded_takes_everything", real && !subject.bounded(), unbounded_takes_everything},
        {"small_capacities_are_exact", bounded, small_capacities_are_exact},
        {"large_capacities_are_exact", real, large_capacities_are_exact},
        // A sanitizer ends the process where memory for an absurd capacity is asked for.
        {"absurd_capacities_are_refused", real && !is_sanitized, absurd_capacities_are_refused},
        {"no_capacity_has_an_answer", real, no_capacity_has_an_answer},
        {"failed_push_leaves_the_value", bounded, failed_push_leaves_the_value},
        {"items_leave_in_order", real, items_leave_in_order},
        {"laps_lose_nothing", real, laps_lose_nothing},
        {"many_items_pass_odd_capacities", real, many_items_pass_odd_capacities},
        {"indices_may_wrap", real && subject.numbers_from, indices_may_wrap},
        {"every_bit_of_an_item_passes", real, every_bit_of_an_item_passes},
        {"move_only_items_pass", real && subject.owned_items, move_only_items_pass},
        {"items_need_no_default", real && subject.items_without_default, items_need_no_default},
        {"items_lie_where_they_must", real, items_lie_where_they_must},
        {"calls_move_no_more_than_they_must", real && tracks, calls_move_no_more_than_they_must},
        {"bulk_calls_stop_at_full_and_empty", bulk, bulk_calls_stop_at_full_and_empty},
        {"bulk_laps_lose_nothing", bulk, bulk_laps_lose_nothing},
        {"bulk_calls_pass_the_wrap", bulk && subject.numbers_from, bulk_calls_pass_the_wrap},
        {"bulk_calls_move_what_they_take", real && subject.bulk.tracked_items,
         bulk_calls_move_what_they_take},
        {"move_only_items_pass_in_bulk", real && subject.bulk.owned_items, move_only_items_pass_in_bulk},
        {"throwing_move_in_a_bulk_loses_nothing", real && subject.bulk.fallible_items,
         throwing_move_in_a_bulk_loses_nothing},
        {"bulk_transfer_conserves_items", bulk, bulk_transfer_conserves_items},
        {"bulk_transfer_conserves_move_only_items", real && subject.bulk.owned_items,
         bulk_transfer_conserves_move_only_items},
        {"queues_live_side_by_side", real, queues_live_side_by_side},
        {"threads_outlive_queues", real, threads_outlive_queues},
        {"memory_levels_off", real, memory_levels_off},
        {"failed_calls_keep_no_memory", real, failed_calls_keep_no_memory},
        {"handles_keep_no_memory", real, handles_keep_no_memory},
        {"destroyed_queues_keep_no_memory", real, destroyed_queues_keep_no_memory},
        {"throwing_calls_keep_no_memory", real && throws, throwing_calls_keep_no_memory},
        {"waiting_keeps_no_memory", blocking || timed, waiting_keeps_no_memory},
        {"handles_come_and_go", real, handles_come_and_go},
        {"many_handles_live_at_once", real && many, many_handles_live_at_once},
        {"items_die_exactly_once", real && tracks, items_die_exactly_once},
        {"destructor_frees_leftovers", real && tracks, destructor_frees_leftovers},
        {"destructor_frees_what_many_left", real && tracks, destructor_frees_what_many_left},
        {"throwing_move_loses_nothing", real && throws, throwing_move_loses_nothing},
        {"transfer_conserves_items", real, transfer_conserves_items},
        {"transfer_keeps_producer_order", real && subject.keeps_producer_order(),
         transfer_keeps_producer_order},
        {"transfer_conserves_move_only_items", real && subject.owned_items,
         transfer_conserves_move_only_items},
        {"large_items_arrive_whole", real && subject.large_items, large_items_arrive_whole},
        {"push_publishes_plain_writes", real, push_publishes_plain_writes},
        {"order_holds_across_threads", real && spec.delivery == order::fifo, order_holds_across_threads},
        {"handles_are_made_by_many_threads", real, handles_are_made_by_many_threads},
        {"short_lived_threads_conserve_items", real, short_lived_threads_conserve_items},
        {"producers_that_come_and_go_disturb_nobody", real && spec.producers == cardinality::many,
         producers_that_come_and_go_disturb_nobody},
        {"consumers_that_come_and_go_disturb_nobody", real && spec.consumers == cardinality::many,
         consumers_that_come_and_go_disturb_nobody},
        {"hundred_threads_conserve_items", real && many, hundred_threads_conserve_items},
        {"capacity_survives_a_crowd", real && many, capacity_survives_a_crowd},
        {"calls_succeed_with_room_for_all", real && many_at_both, calls_succeed_with_room_for_all},
        {"one_of_two_pushes_finds_the_room", bounded && is_exact && spec.producers == cardinality::many,
         one_of_two_pushes_finds_the_room},
        {"one_of_two_pops_finds_the_item", real && is_exact && many_consumers,
         one_of_two_pops_finds_the_item},
        {"sustained_transfers_lose_nothing", real, sustained_transfers_lose_nothing},
        {"transfer_passes_the_wrap", real && subject.numbers_from, transfer_passes_the_wrap},
        {"quiescent_queue_is_exact", real, quiescent_queue_is_exact},
        {"simultaneous_calls_conserve_items", real && many, simultaneous_calls_conserve_items},
        {"push_waits_while_full", blocking && bounded, push_waits_while_full},
        {"pop_waits_while_empty", blocking, pop_waits_while_empty},
        {"every_waiting_pop_is_served", blocking, every_waiting_pop_is_served},
        {"every_waiting_push_is_served", blocking && bounded, every_waiting_push_is_served},
        {"no_wake_up_is_lost", blocking, no_wake_up_is_lost},
        {"blocking_transfer_conserves_items", blocking, blocking_transfer_conserves_items},
        {"pop_for_gives_up", timed, pop_for_gives_up},
        {"pop_for_keeps_nobody_waiting", timed, pop_for_keeps_nobody_waiting},
        {"pop_for_returns_an_item", timed, pop_for_returns_an_item},
        {"waiting_calls_go_on_at_once", blocking || timed, waiting_calls_go_on_at_once},
        {"waiters_of_all_kinds_are_served", timed && many_consumers, waiters_of_all_kinds_are_served},
        {"pop_for_that_gives_up_leaves_others_their_wake_up", timed && many_consumers,
         pop_for_that_gives_up_leaves_others_their_wake_up},
        {"crowds_of_waiters_are_served", (blocking || timed) && many_consumers, crowds_of_waiters_are_served},
        {"pop_for_at_its_timeout_loses_nothing", timed, pop_for_at_its_timeout_loses_nothing},
        {"pop_for_gives_up_while_others_take", timed && many_consumers, pop_for_gives_up_while_others_take},
        {"throwing_pop_wakes_another", blocking && throws && many_consumers, throwing_pop_wakes_another},
        {"throwing_push_wakes_another", blocking && bounded && throws && spec.producers == cardinality::many,
         throwing_push_wakes_another},
        {"close_wakes_every_pop", closable, close_wakes_every_pop},
        {"close_wakes_every_push", closable && bounded, close_wakes_every_push},
        {"close_wakes_pop_for", closable && timed, close_wakes_pop_for},
        {"close_may_be_called_again", closable, close_may_be_called_again},
        {"closed_queue_returns_what_is_left", closable, closed_queue_returns_what_is_left},
        {"closed_queue_takes_nothing", closable, closed_queue_takes_nothing},
        {"close_under_load_loses_nothing", closable, close_under_load_loses_nothing},
    };
    for (const candidate& test : candidates) {
        if (!test.applies) continue;
        add_test(subject.registered_name, test.name, [subject, body = test.body] { body(subject); });
    }
}

}  // namespace handoff::conformance
