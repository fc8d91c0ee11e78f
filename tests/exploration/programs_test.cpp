// The explorer against small programs: the faults that it must find, and their right counterparts, in which
// it must find nothing.
#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "exploration/explorer/atomic.hpp"
#include "exploration/explorer/explore.hpp"
#include "exploration/explorer/futex.hpp"
#include "exploration/explorer/item.hpp"
#include "exploration/explorer/mutex.hpp"
#include "exploration/explorer/pause.hpp"

namespace handoff::exploration {
namespace {

using std::memory_order_acquire;
using std::memory_order_relaxed;
using std::memory_order_release;
using std::memory_order_seq_cst;

// Enough for each program here, and finite for those that spin.
constexpr bounds some{.preemptions = 3, .stale = 3, .spurious = 1};

// The first failure, or "" if all executions within the bounds are right.
std::string failure_of(const scenario_body& body, const bounds& limits = some) {
    const exploration_result result = explore_all(body, limits, 3'000'000);
    EXPECT_TRUE(result.is_complete || result.failed) << result.executions << " executions are not all";
    return result.failed ? result.failed->what : "";
}

testing::AssertionResult fails(const scenario_body& body, const std::string& reason,
                               const bounds& limits = some) {
    const std::string found = failure_of(body, limits);
    if (found.find(reason) != std::string::npos) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "found: \"" << found << '"';
}

TEST(programs_test, plain_variables_race) {
    const auto body = [](bool locked) {
        return [=] {
            mutex lock;
            plain<int> n{0};
            const auto add = [&] {
                const std::unique_lock hold = locked ? std::unique_lock(lock) : std::unique_lock<mutex>();
                ++n;
            };
            run_threads({add, add});
            require(n == 2, "an addition is lost");
        };
    };
    EXPECT_TRUE(fails(body(false), "data race"));
    EXPECT_EQ(failure_of(body(true)), "");
}

TEST(programs_test, two_reads_do_not_race_and_a_read_and_a_write_do) {
    const auto body = [](bool writes) {
        return [=] {
            plain<int> n{0};
            run_threads({[&] { require(n <= 1, "neither value"); },
                         [&] {
                             if (writes) {
                                 n = 1;
                             } else {
                                 require(n == 0, "another value");
                             }
                         }});
        };
    };
    EXPECT_EQ(failure_of(body(false)), "");
    EXPECT_TRUE(fails(body(true), "data race"));
}

// What comes after a release is not handed over by it, although nothing comes between the two.
TEST(programs_test, a_write_after_a_release_is_a_race) {
    const auto by_a_flag = [](bool early) {
        return [=] {
            atomic<bool> ready{false};
            plain<int> n{0};
            run_threads({[&] {
                             if (!early) n = 1;
                             ready.store(true, memory_order_release);
                             if (early) n = 1;
                         },
                         [&] { require(!ready.load(memory_order_acquire) || n == 1, "an old value"); }});
        };
    };
    const auto by_a_mutex = [](bool early) {
        return [=] {
            mutex lock;
            plain<int> n{0};
            const auto add = [&] {
                std::unique_lock hold(lock);
                if (early) hold.unlock();
                ++n;
            };
            run_threads({add, add});
        };
    };
    EXPECT_EQ(failure_of(by_a_flag(false)), "");
    EXPECT_TRUE(fails(by_a_flag(true), "data race"));
    EXPECT_EQ(failure_of(by_a_mutex(false)), "");
    EXPECT_TRUE(fails(by_a_mutex(true), "data race"));
}

// Also where the execution had the read first: by itself, since an exploration has the other order, too.
TEST(programs_test, a_write_after_an_unordered_read_is_a_race) {
    shadow objects;
    objects.reset();
    const int object = 0;
    vector_clock writer, reader;
    writer.times[0] = reader.times[0] = 1;
    reader.times[1] = 1;
    EXPECT_EQ(objects.begin_life(&object, {0, 1}, writer), "");
    EXPECT_EQ(objects.read(&object, {1, 1}, reader), "");
    writer.times[0] = 2;
    EXPECT_NE(objects.write(&object, {0, 2}, writer).find("after the read by thread 1"), std::string::npos);
    writer.join(reader);
    EXPECT_EQ(objects.write(&object, {0, 3}, writer), "");
}

// Peterson, "Myths about the mutual exclusion problem", 1981.
scenario_body peterson(std::memory_order store, std::memory_order load) {
    return [=] {
        atomic<bool> wants[2]{false, false};
        atomic<int> turn{0};
        plain<int> n{0};
        const auto side = [&](int me) {
            const int other = 1 - me;
            wants[me].store(true, store);
            turn.store(other, store);
            while (wants[other].load(load) && turn.load(load) == other) pause();
            ++n;
            wants[me].store(false, store);
        };
        run_threads({[&] { side(0); }, [&] { side(1); }});
        require(n == 2, "an addition is lost");
    };
}

TEST(programs_test, peterson_needs_sequential_consistency) {
    EXPECT_EQ(failure_of(peterson(memory_order_seq_cst, memory_order_seq_cst)), "");
    EXPECT_TRUE(fails(peterson(memory_order_release, memory_order_acquire), "data race"));
}

// The first half of Dekker's algorithm: each gives up if the other wants, too.
scenario_body dekker(std::memory_order fence_order) {
    return [=] {
        atomic<bool> wants[2]{false, false};
        plain<int> n{0};
        const auto side = [&](int me) {
            wants[me].store(true, memory_order_relaxed);
            exploration::atomic_thread_fence(fence_order);
            if (!wants[1 - me].load(memory_order_relaxed)) ++n;
        };
        run_threads({[&] { side(0); }, [&] { side(1); }});
        require(n <= 1, "both got in");
    };
}

TEST(programs_test, dekker_needs_a_full_fence) {
    EXPECT_EQ(failure_of(dekker(memory_order_seq_cst)), "");
    EXPECT_TRUE(fails(dekker(std::memory_order_acq_rel), "data race"));
}

scenario_body double_checked(std::memory_order publish, std::memory_order look) {
    return [=] {
        mutex lock;
        plain<int> made{0};
        atomic<plain<int>*> known{nullptr};
        const auto use = [&] {
            plain<int>* seen = known.load(look);
            if (seen == nullptr) {
                const std::lock_guard hold(lock);
                seen = known.load(memory_order_relaxed);
                if (seen == nullptr) {
                    made = 1;
                    seen = &made;
                    known.store(seen, publish);
                }
            }
            require(*seen == 1, "half made");
        };
        run_threads({use, use});
    };
}

TEST(programs_test, double_checked_making) {
    EXPECT_EQ(failure_of(double_checked(memory_order_release, memory_order_acquire)), "");
    EXPECT_TRUE(fails(double_checked(memory_order_relaxed, memory_order_acquire), "data race"));
    EXPECT_TRUE(fails(double_checked(memory_order_release, memory_order_relaxed), "data race"));
}

TEST(programs_test, locks_in_opposite_orders_deadlock) {
    const auto body = [](bool same_order) {
        return [=] {
            mutex a, b;
            const auto both = [](mutex& first, mutex& second) {
                const std::lock_guard hold_first(first);
                const std::lock_guard hold_second(second);
            };
            run_threads({[&] { both(a, b); }, [&] { same_order ? both(a, b) : both(b, a); }});
        };
    };
    EXPECT_TRUE(fails(body(false), "thread 1 waits for a mutex"));
    EXPECT_EQ(failure_of(body(true)), "");
}

TEST(programs_test, a_spin_that_nobody_ends) {
    const auto body = [](bool ends) {
        return [=] {
            atomic<bool> go{false};
            run_threads({[&] {
                             while (!go.load(memory_order_relaxed)) pause();
                         },
                         [&] {
                             if (ends) go.store(true, memory_order_relaxed);
                         }});
        };
    };
    EXPECT_TRUE(fails(body(false), "waits for a change of what it spins on"));
    EXPECT_EQ(failure_of(body(true)), "");
}

TEST(programs_test, a_loop_without_end) {
    bounds short_limits = some;
    short_limits.steps = 100;
    const auto body = [] {
        atomic<bool> go{false};
        run_threads({[&] {
            while (!go.load(memory_order_relaxed)) {
            }
        }});
    };
    EXPECT_TRUE(fails(body, "livelock", short_limits));
}

// The waiter looks, then sleeps; a notification between the two is lost unless the mutex is held.
TEST(programs_test, a_lost_wake_up) {
    const auto body = [](bool locked) {
        return [=] {
            mutex lock;
            condition_variable changed;
            atomic<bool> ready{false};
            run_threads({[&] {
                             std::unique_lock hold(lock);
                             changed.wait(hold, [&] { return ready.load(); });
                         },
                         [&] {
                             const std::unique_lock hold =
                                 locked ? std::unique_lock(lock) : std::unique_lock<mutex>();
                             ready.store(true);
                             changed.notify_one();
                         }});
        };
    };
    EXPECT_TRUE(fails(body(false), "waits for a notification"));
    EXPECT_EQ(failure_of(body(true)), "");
}

TEST(programs_test, a_timed_wait_ends) {
    bool timed_out = false, in_time = false;
    EXPECT_EQ(failure_of([&] {
                  mutex lock;
                  condition_variable changed;
                  plain<bool> ready{false};
                  run_threads({[&] {
                                   std::unique_lock hold(lock);
                                   const bool came = changed.wait_for(hold, std::chrono::seconds(1),
                                                                      [&] { return bool(ready); });
                                   (came ? in_time : timed_out) = true;
                               },
                               [&] {
                                   const std::lock_guard hold(lock);
                                   ready = true;
                                   changed.notify_one();
                               }});
              }),
              "");
    EXPECT_TRUE(timed_out);
    EXPECT_TRUE(in_time);
}

TEST(programs_test, a_futex_wakes_for_no_reason) {
    const auto body = [](bool looks_again) {
        return [=] {
            atomic<std::uint32_t> ready{0};
            run_threads({[&] {
                             do {
                                 futex_wait(ready, 0, std::nullopt);
                             } while (looks_again && ready.load() == 0);
                             require(ready.load() == 1, "not ready");
                         },
                         [&] {
                             ready.store(1);
                             futex_wake(ready, 1);
                         }});
        };
    };
    EXPECT_TRUE(fails(body(false), "not ready"));
    EXPECT_EQ(failure_of(body(true)), "");
    EXPECT_EQ(failure_of(body(false), {.preemptions = 3, .stale = 3, .spurious = 0}), "");
}

TEST(programs_test, memory_faults) {
    EXPECT_TRUE(fails([] { [[maybe_unused]] int* volatile lost = new int(1); }, "never freed"));
    EXPECT_TRUE(fails(
        [] {
            int* volatile once = new int(1);  // volatile: the compiler would see the fault, too
            ::operator delete(once);
            ::operator delete(once);
        },
        "freed twice"));
    EXPECT_TRUE(fails(
        [] {
            item* const raw = std::allocator<item>{}.allocate(1);
            std::construct_at(raw, 1);
            std::allocator<item>{}.deallocate(raw, 1);
        },
        "in which an object lives"));
    EXPECT_TRUE(fails(
        [] {
            item* const raw = std::allocator<item>{}.allocate(1);
            std::construct_at(raw, 1);
            std::construct_at(raw, 2);
        },
        "constructed where another lives"));
    EXPECT_TRUE(fails(
        [] {
            auto owner = std::make_unique<atomic<int>>(0);
            atomic<int>* volatile seen = owner.get();
            owner.reset();
            atomic<int>* const gone = seen;
            gone->store(1);
        },
        "that does not live"));
}

// The atomic itself may still be in use when its owner goes.
TEST(programs_test, a_destruction_too_early) {
    const auto body = [](std::memory_order order) {
        return [=] {
            auto shared = std::make_unique<atomic<int>>(0);
            run_threads({[&] { shared->store(1, order); },
                         [&] {
                             while (shared->load(memory_order_acquire) == 0) pause();
                             shared.reset();
                         }});
        };
    };
    EXPECT_TRUE(fails(body(memory_order_relaxed), "while another thread uses it"));
    EXPECT_EQ(failure_of(body(memory_order_release)), "");
}

// An atomic that is handed over without order has not been made yet for who sees it.
TEST(programs_test, an_atomic_that_is_not_made_yet) {
    const auto body = [](std::memory_order order) {
        return [=] {
            std::optional<atomic<int>> made;
            atomic<atomic<int>*> known{nullptr};
            run_threads({[&] { known.store(&made.emplace(7), order); },
                         [&] {
                             atomic<int>* const seen = known.load(memory_order_acquire);
                             if (seen != nullptr) require(seen->load(memory_order_relaxed) == 7, "half made");
                         }});
        };
    };
    EXPECT_TRUE(fails(body(memory_order_relaxed), "construction is not ordered before"));
    EXPECT_EQ(failure_of(body(memory_order_release)), "");
}

// Adds by a load and a store: right unless the other comes between, which takes one preemption.
void add_in_two_steps() {
    atomic<int> n{0};
    const auto add = [&] {
        const int seen = n.load();
        n.store(seen + 1);
    };
    run_threads({add, add});
    require(n.load() == 2, "an addition is lost");
}

TEST(programs_test, bounds_bound) {
    EXPECT_EQ(failure_of(add_in_two_steps, {.preemptions = 0, .stale = 0, .spurious = 0}), "");
    EXPECT_TRUE(
        fails(add_in_two_steps, "an addition is lost", {.preemptions = 1, .stale = 0, .spurious = 0}));
    const scenario_body reads_old = [] {
        atomic<int> x{0}, y{0};
        int r1 = 1, r2 = 1;
        run_threads({[&] {
                         x.store(1, memory_order_relaxed);
                         r1 = y.load(memory_order_relaxed);
                     },
                     [&] {
                         y.store(1, memory_order_relaxed);
                         r2 = x.load(memory_order_relaxed);
                     }});
        require(r1 + r2 > 0, "both read old values");
    };
    EXPECT_EQ(failure_of(reads_old, {.preemptions = 5, .stale = 0, .spurious = 0}), "");
    EXPECT_TRUE(fails(reads_old, "both read old", {.preemptions = 0, .stale = 1, .spurious = 0}));
}

TEST(programs_test, a_failure_can_be_replayed) {
    const exploration_result result = explore_all(add_in_two_steps, some, 1000);
    ASSERT_TRUE(result.failed);
    EXPECT_GT(result.failed->trace.size(), 4u);
    const outcome again = replay(add_in_two_steps, some, result.failed->choices);
    EXPECT_EQ(again.failure, result.failed->what);
    EXPECT_EQ(again.trace, result.failed->trace);
    EXPECT_EQ(replay(add_in_two_steps, some, "").failure, "");
    EXPECT_THROW(choices_from_text("0?"), std::invalid_argument);
}

TEST(programs_test, a_random_walk_finds_and_repeats) {
    const exploration_result first = explore_randomly(add_in_two_steps, {}, 1, 1000);
    ASSERT_TRUE(first.failed);
    const exploration_result again = explore_randomly(add_in_two_steps, {}, *first.failed->seed, 1);
    ASSERT_TRUE(again.failed);
    EXPECT_EQ(again.failed->choices, first.failed->choices);
    EXPECT_EQ(again.failed->trace, first.failed->trace);
}

TEST(programs_test, a_scenario_must_be_deterministic) {
    int runs = 0;
    const scenario_body moody = [&] {
        atomic<int> x{0};
        if (++runs % 2 == 0) {
            run_threads({[&] { x.store(1); }, [&] { x.store(2); }, [&] { x.store(3); }});
        } else {
            run_threads({[&] { x.store(1); }, [&] { x.store(2); }});
        }
    };
    EXPECT_THROW(explore_all(moody, some, 1000), std::logic_error);
}

}  // namespace
}  // namespace handoff::exploration
