// What is seen of stopped threads, on queues whose outcome is known.
#include "workloads/stall_role.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <mutex>

#include "queues/lamport_spsc_ring.hpp"
#include "queues/scq_mpmc_ring.hpp"
#include "reference_queue.hpp"
#include "workloads/steps.hpp"

namespace handoff {
namespace {

using namespace std::chrono_literals;

using word = item<sizeof(item_tag)>;
using sound_queue = reference_queue<word>;

// Long enough that on a busy machine, too, each of the others gets a CPU in each stop.
constexpr unsigned stop_ms = 20;

// Nearly all of each call is spent with the lock held, and who does not get it fails.
class locking_queue : public sound_queue {
public:
    using producer = direct_producer<locking_queue>;
    using consumer = direct_consumer<locking_queue>;
    using sound_queue::sound_queue;

    bool try_push(word&& value) {
        return guarded([&] { return sound_queue::try_push(std::move(value)); });
    }
    bool try_pop(word& value) {
        return guarded([&] { return sound_queue::try_pop(value); });
    }

private:
    template <class Call>
    bool guarded(Call call) {
        const std::unique_lock hold(lock_, std::try_to_lock);
        if (!hold) return false;
        spend(5000);
        return call();
    }
    std::mutex lock_;
};

// Half of a stop inside a push, and the item is gone.
class forgetful_queue : public sound_queue {
public:
    using producer = direct_producer<forgetful_queue>;
    using consumer = direct_consumer<forgetful_queue>;
    using sound_queue::sound_queue;

    bool try_push(word&& value) {
        const auto begun = std::chrono::steady_clock::now();
        spend(5000);
        if (std::chrono::steady_clock::now() - begun > std::chrono::milliseconds(stop_ms) / 2) return true;
        return sound_queue::try_push(std::move(value));
    }
};

double figure(const outcome& result, std::string_view name) {
    const auto found = std::ranges::find(result.values, name, &std::pair<std::string, double>::first);
    return found == result.values.end() ? -1.0 : found->second;
}

// Again and for longer where a busy machine let no stop fall into a call of the given end.
template <class Q>
outcome run_with(unsigned threads_at_an_end, std::string_view stopped_in = "stops") {
    harness_clock::calibrate();
    stall_plan plan{.producers = threads_at_an_end, .consumers = threads_at_an_end, .stop_ms = stop_ms};
    plan.settings.ramp = 5ms;
    plan = with_time_for_stops(plan);
    outcome result = std::make_unique<stall_role<Q, word>>(plan)->run();
    for (int more = 0; more < 5 && figure(result, stopped_in) == 0.0; ++more) {
        plan.settings.window *= 2;
        result = std::make_unique<stall_role<Q, word>>(plan)->run();
    }
    return result;
}

double harmful_share(const outcome& result) {
    return (figure(result, "push_harmful_stops") + figure(result, "pop_harmful_stops")) /
           figure(result, "stops");
}
// What the machine alone does to threads: beside other work they may get no CPU for most of a stop.
double share_by_machine(const outcome& result) {
    return figure(result, "outside_harmful_stops") / std::max(1.0, figure(result, "outside_stops"));
}

TEST(stall_role_test, a_lock_that_is_held_holds_up_the_others) {
    const outcome result = run_with<locking_queue>(2);
    EXPECT_EQ(result.error, "");
    ASSERT_GT(figure(result, "stops"), 0.0);
    EXPECT_GT(harmful_share(result), 0.5);
    EXPECT_GT(figure(result, "threads_held_up"), 2.5) << "all three others";
    EXPECT_LT(figure(result, "kept_share"), 0.5);
    EXPECT_GE(figure(result, "standstill_max_ns"), held_up_for * stop_ms * 1e6);
    EXPECT_GT(figure(result, "recovery_p50_ns"), 0.0);
}

TEST(stall_role_test, a_lock_free_ring_holds_up_nobody) {
    const outcome result = run_with<scq_mpmc_ring<word>>(2);
    EXPECT_EQ(result.error, "");
    ASSERT_GT(figure(result, "stops"), 0.0);
    EXPECT_LT(harmful_share(result), 0.5 + share_by_machine(result));
    EXPECT_GT(figure(result, "kept_share"), 0.1);
    EXPECT_LE(figure(result, "inside_share"), 1.0);
}

TEST(stall_role_test, what_a_peer_alone_can_do_it_does_until_the_ring_is_full_or_empty) {
    const outcome result = run_with<lamport_spsc_ring<word>>(1);
    EXPECT_EQ(result.error, "");
    ASSERT_GT(figure(result, "stops"), 0.0);
    EXPECT_LT(harmful_share(result), 0.5 + share_by_machine(result));
    EXPECT_GT(figure(result, "stalled_operations"), 0.0);
    EXPECT_LE(figure(result, "stalled_operations"), 64 * figure(result, "stops"));
}

TEST(stall_role_test, a_lock_that_is_held_keeps_a_peer_from_what_it_could_do) {
    const outcome result = run_with<locking_queue>(1);
    EXPECT_EQ(result.error, "");
    EXPECT_GT(harmful_share(result), 0.0);
}

TEST(stall_role_test, an_item_that_a_stop_loses_is_missed) {
    EXPECT_NE(run_with<forgetful_queue>(2, "push_stops").error.find("lost"), std::string::npos);
}

TEST(stall_role_test, the_window_has_time_for_stops) {
    stall_plan plan{.stop_ms = 100};
    EXPECT_EQ(with_time_for_stops(plan).settings.window, 2400ms);
    plan.settings.window = 5s;
    EXPECT_EQ(with_time_for_stops(plan).settings.window, 5s);
}

}  // namespace
}  // namespace handoff
