// That the scenarios' own checks see what they are to see.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "counters/racing_counter.hpp"
#include "exploration/explorer/explore.hpp"
#include "exploration/explorer/item.hpp"
#include "exploration/scenarios/queue_history.hpp"
#include "exploration/scenarios/queue_scenario.hpp"
#include "exploration/scenarios/registry.hpp"
#include "queues/lamport_spsc_ring.hpp"
#include "queues/mutex_stack.hpp"
#include "queues/shard_list.hpp"
#include "queues/treiber_stack.hpp"

namespace handoff::exploration {
namespace {

constexpr bounds middle{.preemptions = 3, .stale = 2, .spurious = 1};

// The queue as if it promised more than it does.
template <class Queue>
struct claiming_exact : Queue {
    static constexpr queue_spec spec = [] {
        queue_spec claimed = Queue::spec;
        claimed.failure = try_failure::exact;
        return claimed;
    }();
    using Queue::Queue;
};

template <class Queue>
exploration_result explored(const queue_plan& plan) {
    return explore_all([&plan] { queue_scenario<Queue>(plan).run(); }, middle, 1'000'000);
}

// "full" and "empty" of a ring without a full fence are each right, but no one order explains both. It is the
// store buffering test, in a queue.
TEST(scenarios_test, full_and_empty_of_an_spsc_ring_have_no_common_order) {
    const queue_plan one{1, 0, {"pp", "c"}};
    const queue_plan three{3, 2, {"pp", "ccc"}};
    EXPECT_TRUE(explored<lamport_spsc_ring<item>>(one).is_complete);
    EXPECT_TRUE(explored<lamport_spsc_ring<item>>(three).is_complete);
    const exploration_result exact = explored<claiming_exact<lamport_spsc_ring<item>>>(three);
    ASSERT_TRUE(exact.failed);
    EXPECT_EQ(exact.failed->what, "no FIFO queue gives these results");
}

// A push finds no free node because another one has reserved the last, and then a pop gets what lies below
// it: in a LIFO queue that no order explains, since the item of the reserved node lay nowhere yet.
TEST(scenarios_test, a_place_reserved_in_a_stack_has_no_place_in_its_order) {
    const queue_plan plan{2, 1, {"p", "pc"}};
    EXPECT_TRUE(explored<treiber_stack<item>>(plan).is_complete);
    const exploration_result exact = explored<claiming_exact<treiber_stack<item>>>(plan);
    ASSERT_TRUE(exact.failed);
    EXPECT_EQ(exact.failed->what, "no LIFO queue gives these results");
}

// A stack that calls itself a FIFO queue.
struct claiming_fifo : mutex_stack<item> {
    static constexpr queue_spec spec = [] {
        queue_spec claimed = mutex_stack<item>::spec;
        claimed.delivery = order::fifo;
        return claimed;
    }();
    using mutex_stack<item>::mutex_stack;
};

TEST(scenarios_test, a_stack_is_judged_by_the_order_of_its_spec) {
    const queue_plan plan{2, 2, {"c", "p"}};
    EXPECT_TRUE(explored<mutex_stack<item>>(plan).is_complete);
    const exploration_result fifo = explored<claiming_fifo>(plan);
    ASSERT_TRUE(fifo.failed);
    EXPECT_EQ(fifo.failed->what, "no FIFO queue gives these results");
}

// The control that loses additions.
TEST(scenarios_test, a_racing_counter_loses_additions) {
    const exploration_result result = explore_all(
        [] {
            racing_counter counter;
            run_threads({[&] { counter.add(1); }, [&] { counter.add(1); }});
            require(counter.read() == 2, "an addition is lost");
        },
        middle, 1'000'000);
    ASSERT_TRUE(result.failed);
    EXPECT_EQ(result.failed->what, "an addition is lost");
}

// Operations of one thread, one after another, and those of a second that knows nothing of it.
struct history_maker {
    std::vector<queue_operation> made{};
    vector_clock clocks[2]{};

    history_maker& add(unsigned thread, call what, bool succeeded, int value) {
        const vector_clock before = clocks[thread];
        const epoch end{thread, ++clocks[thread].times[thread]};
        made.push_back({what, succeeded, value, {before, end}});
        return *this;
    }
    // All that thread 0 has done so far happens before what thread 1 does next.
    history_maker& hand_over() {
        clocks[1].join(clocks[0]);
        return *this;
    }
    bool holds(std::size_t capacity = 2, order delivery = order::fifo) const {
        return linearizable(made, queue_model{capacity, delivery});
    }
};

TEST(scenarios_test, histories_of_queues) {
    using enum call;
    EXPECT_TRUE(history_maker().add(0, try_push, true, 1).add(0, try_pop, true, 1).holds());
    EXPECT_FALSE(history_maker().add(0, try_pop, true, 1).add(0, try_push, true, 1).holds());
    EXPECT_FALSE(history_maker().add(0, try_push, true, 1).add(0, try_pop, false, -1).holds());
    EXPECT_FALSE(history_maker().add(0, try_push, false, 1).holds());
    EXPECT_TRUE(history_maker().add(0, try_push, true, 1).add(0, try_push, false, 2).holds(1));
    EXPECT_FALSE(history_maker().add(0, try_push, true, 1).add(0, try_push, true, 2).holds(1));
    // Without order between the threads an empty pop may come first; with it, not.
    EXPECT_TRUE(history_maker().add(0, try_push, true, 1).add(1, try_pop, false, -1).holds());
    EXPECT_FALSE(history_maker().add(0, try_push, true, 1).hand_over().add(1, try_pop, false, -1).holds());
    // Last in, first out is no FIFO.
    EXPECT_FALSE(
        history_maker().add(0, try_push, true, 1).add(0, try_push, true, 2).add(1, try_pop, true, 2).holds());
    // Twice the same.
    EXPECT_FALSE(
        history_maker().add(0, try_push, true, 1).add(1, try_pop, true, 1).add(1, try_pop, true, 1).holds());
    // Closed: what is left comes out, nothing goes in.
    EXPECT_TRUE(history_maker()
                    .add(0, try_push, true, 1)
                    .add(0, close, true, 0)
                    .add(0, push, false, 2)
                    .add(0, pop, true, 1)
                    .add(0, pop, false, -1)
                    .holds());
    EXPECT_FALSE(history_maker().add(0, close, true, 0).add(0, push, true, 1).holds());
    EXPECT_FALSE(history_maker().add(0, pop, false, -1).holds());
}

TEST(scenarios_test, histories_of_stacks) {
    using enum call;
    const auto two_in = [] { return history_maker().add(0, try_push, true, 1).add(0, try_push, true, 2); };
    EXPECT_TRUE(two_in().add(0, try_pop, true, 2).add(0, try_pop, true, 1).holds(2, order::lifo));
    EXPECT_FALSE(two_in().add(0, try_pop, true, 1).holds(2, order::lifo));
    EXPECT_FALSE(two_in().add(1, try_pop, true, 2).add(1, try_pop, true, 2).holds(2, order::lifo));
    // Between the pushes, in the other thread's time.
    EXPECT_TRUE(two_in().add(1, try_pop, true, 1).holds(2, order::lifo));
    EXPECT_FALSE(two_in().hand_over().add(1, try_pop, true, 1).holds(2, order::lifo));
    EXPECT_FALSE(two_in().add(0, try_push, true, 3).holds(2, order::lifo));
}

TEST(scenarios_test, histories_of_queues_that_are_fifo_per_producer) {
    using enum call;
    const auto two_in = [](int second) {
        return history_maker().add(0, try_push, true, 1).add(0, try_push, true, second);
    };
    // Of two producers, either one may be first; of one, not.
    EXPECT_TRUE(two_in(11).add(0, try_pop, true, 11).holds(9, order::per_producer_fifo));
    EXPECT_FALSE(two_in(11).add(0, try_pop, true, 11).holds(9, order::fifo));
    EXPECT_FALSE(two_in(2).add(0, try_pop, true, 2).holds(9, order::per_producer_fifo));
    EXPECT_FALSE(two_in(11).add(0, try_pop, true, 21).holds(9, order::per_producer_fifo));
}

TEST(scenarios_test, every_implementation_has_at_least_two) {
    std::string last;
    unsigned count = 2;
    for (const scenario& s : all_scenarios()) {
        if (s.implementation != last) {
            EXPECT_GE(count, 2u) << last;
            last = s.implementation;
            count = 0;
        }
        ++count;
        EXPECT_GE(s.threads, 2u) << s.name;
    }
}

// A producer that always has items does not keep a consumer for ever.
TEST(scenarios_test, a_consumer_leaves_a_shard_after_its_burst) {
    using queue = shard_list<item, 2, 3>;
    const auto body = [] {
        queue q(0);
        queue::producer a(q);
        queue::producer b(q);
        queue::consumer c(q);
        for (int i = 0; i < 8; ++i) require(a.try_push(item(i)) && b.try_push(item(10 + i)), "no room");
        std::string from;
        for (int i = 0; i < 12; ++i) {
            item taken;
            require(c.try_pop(taken), "nothing to pop");
            from += taken.number() < 10 ? 'a' : 'b';
        }
        require(from == "bbbaaabbbaaa", "the consumer did not take turns");
    };
    const exploration_result found = explore_all(body, middle, 1000);
    EXPECT_TRUE(found.is_complete);
    EXPECT_FALSE(found.failed) << found.failed->what;
}

}  // namespace
}  // namespace handoff::exploration
