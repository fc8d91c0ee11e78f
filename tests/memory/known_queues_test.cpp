// Queues whose memory follows from their layout: the role and the real meter must find it.
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "queues/mutex_deque.hpp"
#include "queues/mutex_ring.hpp"
#include "queues/mutex_stack.hpp"
#include "queues/tbb_concurrent_queue.hpp"
#include "queues/treiber_stack.hpp"
#include "queues/two_lock_queue.hpp"
#include "queues/vyukov_mpmc_ring.hpp"
#include "workloads/allocation_meter.hpp"
#include "workloads/memory_role.hpp"

namespace handoff {
namespace {

constexpr double items = 1024;
// Of a queue itself, with its padding, and of what the allocator rounds up: over so many items, not much.
constexpr double at_all_events = 1024 / items;

template <template <class> class Q, std::size_t Bytes>
outcome life_of() {
    memory_plan plan;
    plan.items = static_cast<std::size_t>(items);
    plan.meter = &process_memory();
    return run_memory<Q<item<Bytes>>, item<Bytes>>(plan);
}

double figure_of(const outcome& result, std::string_view name) {
    EXPECT_EQ(result.error, "");
    const auto found = std::ranges::find(result.values, name, &std::pair<std::string, double>::first);
    return found == result.values.end() ? -1.0 : found->second;
}

template <template <class> class Q, std::size_t Bytes>
double figure(std::string_view name) {
    return figure_of(life_of<Q, Bytes>(), name);
}

// At least what its items take, and not much more.
void expect_about(double bytes, double least) {
    EXPECT_GE(bytes, least);
    EXPECT_LE(bytes, least + at_all_events);
}

TEST(known_queues_test, a_ring_takes_its_slots_before_it_is_used_and_nothing_after) {
    expect_about(figure<mutex_ring, 8>("bytes_per_item"), 8);
    expect_about(figure<mutex_ring, 64>("bytes_per_item"), 64);
    // Of one life: how much of what surrounds an aligned block comes along depends on where it lies.
    const outcome life = life_of<mutex_ring, 8>();
    EXPECT_EQ(figure_of(life, "empty_bytes"), figure_of(life, "peak_bytes"));
    EXPECT_EQ((figure<mutex_ring, 8>("allocations_per_item")), 0);
}

TEST(known_queues_test, a_sequence_beside_each_slot_takes_eight_bytes_more) {
    expect_about(figure<vyukov_mpmc_ring, 8>("bytes_per_item"), 8 + 8);
    expect_about(figure<vyukov_mpmc_ring, 64>("bytes_per_item"), 64 + 8);
}

TEST(known_queues_test, a_stack_takes_its_places_before_it_is_used_and_nothing_after) {
    expect_about(figure<mutex_stack, 8>("bytes_per_item"), 8);
    // Beside each item the index of the next node, which is padded to the item's alignment.
    expect_about(figure<treiber_stack, 8>("bytes_per_item"), 8 + 8);
    expect_about(figure<treiber_stack, 64>("bytes_per_item"), 64 + 8);
    EXPECT_EQ((figure<mutex_stack, 8>("allocations_per_item")), 0);
    EXPECT_EQ((figure<treiber_stack, 8>("allocations_per_item")), 0);
}

TEST(known_queues_test, a_stack_of_more_nodes_than_its_index_can_name_is_refused) {
    try {
        treiber_stack<int> stack(16'777'216);
        FAIL() << "a stack of capacity " << stack.capacity();
    } catch (const std::length_error& refused) {
        EXPECT_STREQ(refused.what(), "stack capacity 16777216: at most 16777215");
    }
}

TEST(known_queues_test, a_list_allocates_a_node_for_each_item_and_keeps_none) {
    expect_about(figure<two_lock_queue, 64>("bytes_per_item"), 64 + sizeof(void*));
    EXPECT_EQ((figure<two_lock_queue, 64>("allocations_per_item")), 1);
    const outcome life = life_of<two_lock_queue, 64>();
    EXPECT_EQ(figure_of(life, "retained_bytes"), figure_of(life, "empty_bytes"));
}

// A deque of 256-byte items has blocks of few items, one of 8-byte items of many, in whatever library.
TEST(known_queues_test, a_deque_allocates_blocks) {
    const double of_small = figure<mutex_deque, 8>("allocations_per_item");
    const double of_large = figure<mutex_deque, 256>("allocations_per_item");
    EXPECT_GT(of_small, 0);
    EXPECT_LE(of_small, 1.0 / 16);
    EXPECT_GT(of_large, of_small);
    EXPECT_LE(of_large, 1);
    EXPECT_GE((figure<mutex_deque, 8>("bytes_per_item")), 8);
}

// It allocates in a library of its own, and would with an allocator that is loaded at run time.
TEST(known_queues_test, the_memory_of_tbb_is_seen) {
    const double bytes = figure<tbb_concurrent_queue, 256>("bytes_per_item");
    EXPECT_GE(bytes, 256);
    EXPECT_LE(bytes, 256 + 128) << "a page's header and its alignment";
    EXPECT_EQ((figure<tbb_concurrent_queue, 256>("allocations_per_item")), 1);
}

}  // namespace
}  // namespace handoff
