// The explorer against the classic litmus tests: what C++20 forbids never appears, and what it allows does,
// but for the gaps that memory.hpp names.
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <vector>

#include "exploration/explorer/atomic.hpp"
#include "exploration/explorer/explore.hpp"

namespace handoff::exploration {
namespace {

using std::memory_order_acq_rel;
using std::memory_order_acquire;
using std::memory_order_relaxed;
using std::memory_order_release;
using std::memory_order_seq_cst;
using outcomes = std::set<std::vector<int>>;

constexpr std::uint64_t most = 2'000'000;

// Qualified: std's would be found by its argument.
void fence(std::memory_order order) {
    exploration::atomic_thread_fence(order);
}

// Everything that can come out, without bounds.
outcomes all_of(const scenario_body& body) {
    const exploration_result result = explore_all(body, {}, most);
    EXPECT_TRUE(result.is_complete || result.failed) << result.executions << " executions are not all";
    EXPECT_FALSE(result.failed) << result.failed->what << ", choices " << result.failed->choices;
    return result.observed;
}

// What is found first, without bounds; nothing if nothing is.
std::string failure_of(const scenario_body& body) {
    const exploration_result result = explore_all(body, {}, most);
    EXPECT_TRUE(result.is_complete || result.failed) << result.executions << " executions are not all";
    return result.failed ? result.failed->what : "";
}

scenario_body store_buffering(std::memory_order stores, std::memory_order loads, bool fences = false) {
    return [=] {
        atomic<int> x{0}, y{0};
        int r1 = -1, r2 = -1;
        const auto side = [=](atomic<int>& mine, atomic<int>& theirs, int& r) {
            mine.store(1, stores);
            if (fences) fence(memory_order_seq_cst);
            r = theirs.load(loads);
        };
        run_threads({[&] { side(x, y, r1); }, [&] { side(y, x, r2); }});
        observe({r1, r2});
    };
}

TEST(litmus_test, store_buffering) {
    const outcomes weak{{0, 0}, {0, 1}, {1, 0}, {1, 1}};
    const outcomes sequential{{0, 1}, {1, 0}, {1, 1}};
    EXPECT_EQ(all_of(store_buffering(memory_order_relaxed, memory_order_relaxed)), weak);
    EXPECT_EQ(all_of(store_buffering(memory_order_release, memory_order_acquire)), weak);
    EXPECT_EQ(all_of(store_buffering(memory_order_seq_cst, memory_order_acquire)), weak);
    EXPECT_EQ(all_of(store_buffering(memory_order_seq_cst, memory_order_seq_cst)), sequential);
    EXPECT_EQ(all_of(store_buffering(memory_order_relaxed, memory_order_relaxed, true)), sequential);
}

scenario_body message_passing(std::memory_order store, std::memory_order load, std::memory_order store_fence,
                              std::memory_order load_fence) {
    return [=] {
        atomic<int> data{0}, flag{0};
        int seen_flag = -1, seen_data = -1;
        run_threads({[&] {
                         data.store(1, memory_order_relaxed);
                         fence(store_fence);
                         flag.store(1, store);
                     },
                     [&] {
                         seen_flag = flag.load(load);
                         fence(load_fence);
                         seen_data = data.load(memory_order_relaxed);
                     }});
        observe({seen_flag, seen_data});
    };
}

TEST(litmus_test, message_passing) {
    constexpr auto none = memory_order_relaxed;
    const outcomes weak{{0, 0}, {0, 1}, {1, 0}, {1, 1}};
    const outcomes ordered{{0, 0}, {0, 1}, {1, 1}};
    EXPECT_EQ(all_of(message_passing(memory_order_relaxed, memory_order_relaxed, none, none)), weak);
    EXPECT_EQ(all_of(message_passing(memory_order_release, memory_order_relaxed, none, none)), weak);
    EXPECT_EQ(all_of(message_passing(memory_order_relaxed, memory_order_acquire, none, none)), weak);
    EXPECT_EQ(all_of(message_passing(memory_order_release, memory_order_acquire, none, none)), ordered);
    EXPECT_EQ(all_of(message_passing(memory_order_relaxed, memory_order_relaxed, memory_order_release,
                                     memory_order_acquire)),
              ordered);
    EXPECT_EQ(all_of(message_passing(memory_order_release, memory_order_relaxed, none, memory_order_acquire)),
              ordered);
    EXPECT_EQ(all_of(message_passing(memory_order_relaxed, memory_order_acquire, memory_order_release, none)),
              ordered);
    EXPECT_EQ(all_of(message_passing(memory_order_relaxed, memory_order_relaxed, memory_order_release, none)),
              weak);
    EXPECT_EQ(all_of(message_passing(memory_order_relaxed, memory_order_relaxed, none, memory_order_acquire)),
              weak);
}

// A gap, on purpose: C++20 allows {1, 1}, which needs a load that reads a store made after it.
TEST(litmus_test, load_buffering_is_not_covered) {
    const outcomes found = all_of([] {
        atomic<int> x{0}, y{0};
        int r1 = -1, r2 = -1;
        const auto side = [](atomic<int>& first, atomic<int>& second, int& r) {
            r = first.load(memory_order_relaxed);
            second.store(1, memory_order_relaxed);
        };
        run_threads({[&] { side(x, y, r1); }, [&] { side(y, x, r2); }});
        observe({r1, r2});
    });
    EXPECT_EQ(found, (outcomes{{0, 0}, {0, 1}, {1, 0}}));
}

// A gap, on purpose: P0668 allows {1, 3, 0}, in which S contradicts what was read from what.
TEST(litmus_test, z6_u_is_not_covered) {
    const outcomes found = all_of([] {
        atomic<int> x{0}, y{0};
        int r1 = -1, r2 = -1, r3 = -1;
        run_threads({[&] {
                         x.store(1);
                         y.store(1, memory_order_release);
                     },
                     [&] {
                         r1 = y.fetch_add(1);
                         r2 = y.load(memory_order_relaxed);
                     },
                     [&] {
                         y.store(3);
                         r3 = x.load();
                     }});
        observe({r1, r2, r3});
    });
    EXPECT_FALSE(found.contains({1, 3, 0}));
    EXPECT_TRUE(found.contains({1, 3, 1}));
}

scenario_body independent_reads(std::memory_order stores, std::memory_order loads, bool fences = false) {
    return [=] {
        atomic<int> x{0}, y{0};
        int r1 = -1, r2 = -1, r3 = -1, r4 = -1;
        const auto reader = [=](atomic<int>& first, atomic<int>& second, int& a, int& b) {
            a = first.load(loads);
            if (fences) fence(memory_order_seq_cst);
            b = second.load(loads);
        };
        run_threads({[&] { x.store(1, stores); }, [&] { y.store(1, stores); }, [&] { reader(x, y, r1, r2); },
                     [&] { reader(y, x, r3, r4); }});
        observe({r1, r2, r3, r4});
    };
}

TEST(litmus_test, independent_reads_of_independent_writes) {
    const std::vector<int> disagree{1, 0, 1, 0};
    EXPECT_TRUE(all_of(independent_reads(memory_order_relaxed, memory_order_relaxed)).contains(disagree));
    EXPECT_TRUE(all_of(independent_reads(memory_order_release, memory_order_acquire)).contains(disagree));
    EXPECT_TRUE(all_of(independent_reads(memory_order_seq_cst, memory_order_acquire)).contains(disagree));
    const outcomes sequential = all_of(independent_reads(memory_order_seq_cst, memory_order_seq_cst));
    EXPECT_FALSE(sequential.contains(disagree));
    EXPECT_EQ(sequential.size(), 15u);
    EXPECT_FALSE(
        all_of(independent_reads(memory_order_relaxed, memory_order_relaxed, true)).contains(disagree));
}

// Two reads of one location never go back, in whatever order.
TEST(litmus_test, coherence_of_reads) {
    const outcomes found = all_of([] {
        atomic<int> x{0};
        int r1 = -1, r2 = -1;
        run_threads({[&] {
                         x.store(1, memory_order_relaxed);
                         x.store(2, memory_order_relaxed);
                     },
                     [&] {
                         r1 = x.load(memory_order_relaxed);
                         r2 = x.load(memory_order_relaxed);
                     }});
        observe({r1, r2});
    });
    EXPECT_EQ(found, (outcomes{{0, 0}, {0, 1}, {0, 2}, {1, 1}, {1, 2}, {2, 2}}));
}

// Two readers agree on the order of two writes, even of different threads.
TEST(litmus_test, coherence_of_writes) {
    const outcomes found = all_of([] {
        atomic<int> x{0};
        int r1 = -1, r2 = -1, r3 = -1, r4 = -1;
        const auto reader = [&x](int& a, int& b) {
            a = x.load(memory_order_relaxed);
            b = x.load(memory_order_relaxed);
        };
        run_threads({[&] { x.store(1, memory_order_relaxed); }, [&] { x.store(2, memory_order_relaxed); },
                     [&] { reader(r1, r2); }, [&] { reader(r3, r4); }});
        observe({r1, r2, r3, r4});
    });
    EXPECT_TRUE(found.contains({1, 2, 1, 2}));
    EXPECT_TRUE(found.contains({2, 1, 2, 1}));
    EXPECT_FALSE(found.contains({1, 2, 2, 1}));
    EXPECT_FALSE(found.contains({2, 1, 1, 2}));
}

// A thread reads its own store or a later one; what it read before a store of its own stays before.
TEST(litmus_test, coherence_of_read_and_write) {
    const outcomes found = all_of([] {
        atomic<int> x{0};
        int own = -1, before = -1, after = -1;
        run_threads({[&] {
                         x.store(1, memory_order_relaxed);
                         own = x.load(memory_order_relaxed);
                     },
                     [&] {
                         before = x.load(memory_order_relaxed);
                         x.store(2, memory_order_relaxed);
                     }});
        after = x.load(memory_order_relaxed);
        observe({own, before, after});
    });
    EXPECT_EQ(found, (outcomes{{1, 0, 1}, {1, 0, 2}, {1, 1, 2}, {2, 0, 2}, {2, 1, 2}}));
}

scenario_body two_writes_twice(std::memory_order first, std::memory_order second) {
    return [=] {
        atomic<int> x{0}, y{0};
        run_threads({[&] {
                         x.store(1, first);
                         y.store(2, second);
                     },
                     [&] {
                         y.store(1, first);
                         x.store(2, second);
                     }});
        const int last_x = x.load(memory_order_relaxed);
        observe({last_x, y.load(memory_order_relaxed)});
    };
}

// {1, 1}: modification orders that no order of execution gives.
TEST(litmus_test, two_writes_twice) {
    const std::vector<int> both_first{1, 1};
    EXPECT_TRUE(all_of(two_writes_twice(memory_order_relaxed, memory_order_relaxed)).contains(both_first));
    EXPECT_TRUE(all_of(two_writes_twice(memory_order_release, memory_order_release)).contains(both_first));
    EXPECT_TRUE(all_of(two_writes_twice(memory_order_seq_cst, memory_order_release)).contains(both_first));
    EXPECT_EQ(all_of(two_writes_twice(memory_order_seq_cst, memory_order_seq_cst)),
              (outcomes{{1, 2}, {2, 1}, {2, 2}}));
}

// Read-to-write causality: forbidden only with both fences (C++11 did not say so, C++20 does).
TEST(litmus_test, read_to_write_causality) {
    const auto body = [](bool first_fence, bool second_fence) {
        return [=] {
            atomic<int> x{0}, y{0};
            int r1 = -1, r2 = -1, r3 = -1;
            run_threads({[&] { x.store(1, memory_order_relaxed); },
                         [&] {
                             r1 = x.load(memory_order_relaxed);
                             if (first_fence) fence(memory_order_seq_cst);
                             r2 = y.load(memory_order_relaxed);
                         },
                         [&] {
                             y.store(1, memory_order_relaxed);
                             if (second_fence) fence(memory_order_seq_cst);
                             r3 = x.load(memory_order_relaxed);
                         }});
            observe({r1, r2, r3});
        };
    };
    EXPECT_FALSE(all_of(body(true, true)).contains({1, 0, 0}));
    EXPECT_TRUE(all_of(body(true, false)).contains({1, 0, 0}));
    EXPECT_TRUE(all_of(body(false, true)).contains({1, 0, 0}));
}

// A fence on one side and a seq_cst store on the other do not make up for a fence.
TEST(litmus_test, a_fence_against_a_sequential_operation) {
    const auto body = [](std::memory_order load) {
        return [=] {
            atomic<int> x{0}, y{0};
            int r1 = -1, r2 = -1;
            run_threads({[&] {
                             x.store(1, memory_order_relaxed);
                             fence(memory_order_seq_cst);
                             r1 = y.load(memory_order_relaxed);
                         },
                         [&] {
                             y.store(1, memory_order_seq_cst);
                             r2 = x.load(load);
                         }});
            observe({r1, r2});
        };
    };
    EXPECT_TRUE(all_of(body(memory_order_relaxed)).contains({0, 0}));
    EXPECT_FALSE(all_of(body(memory_order_seq_cst)).contains({0, 0}));
}

// Causality is transitive: write-to-read causality over a release and an acquire each.
TEST(litmus_test, write_to_read_causality) {
    const auto body = [](std::memory_order store, std::memory_order load) {
        return [=] {
            atomic<int> x{0}, y{0};
            int r1 = -1, r2 = -1, r3 = -1;
            run_threads({[&] { x.store(1, store); },
                         [&] {
                             r1 = x.load(load);
                             y.store(1, store);
                         },
                         [&] {
                             r2 = y.load(load);
                             r3 = x.load(memory_order_relaxed);
                         }});
            observe({r1, r2, r3});
        };
    };
    EXPECT_TRUE(all_of(body(memory_order_relaxed, memory_order_relaxed)).contains({1, 1, 0}));
    EXPECT_FALSE(all_of(body(memory_order_release, memory_order_acquire)).contains({1, 1, 0}));
}

// The middle thread goes on the release sequence, by a read-modify-write or by a store of its own.
scenario_body release_sequence(bool by_update, bool by_same_thread) {
    return [=] {
        plain<int> data{0};
        atomic<int> flag{0};
        run_threads({[&] {
                         data = 1;
                         flag.store(1, memory_order_release);
                         if (by_same_thread) flag.store(2, memory_order_relaxed);
                     },
                     [&] {
                         int one = 1;
                         if (by_update) flag.compare_exchange_strong(one, 2, memory_order_relaxed);
                     },
                     [&] {
                         if (flag.load(memory_order_acquire) == 2) require(data == 1, "an old item");
                     }});
    };
}

TEST(litmus_test, release_sequence) {
    EXPECT_EQ(failure_of(release_sequence(true, false)), "");
    // C++11 and C++17 let a later store of the same thread go on the sequence; C++20 does not.
    EXPECT_NE(failure_of(release_sequence(false, true)).find("data race"), std::string::npos);
}

TEST(litmus_test, updates_read_the_store_before_them) {
    const outcomes found = all_of([] {
        atomic<int> x{0};
        int r1 = -1, r2 = -1;
        run_threads({[&] { r1 = x.fetch_add(1, memory_order_relaxed); },
                     [&] { r2 = x.fetch_add(1, memory_order_relaxed); }});
        observe({r1, r2, x.load(memory_order_relaxed)});
    });
    EXPECT_EQ(found, (outcomes{{0, 1, 2}, {1, 0, 2}}));
}

// No store comes between an update and what it read; but an update may come before an earlier store.
TEST(litmus_test, updates_against_stores) {
    const outcomes found = all_of([] {
        atomic<int> x{0};
        int r = -1;
        run_threads(
            {[&] { r = x.fetch_add(1, memory_order_relaxed); }, [&] { x.store(10, memory_order_relaxed); }});
        observe({r, x.load(memory_order_relaxed)});
    });
    EXPECT_EQ(found, (outcomes{{0, 10}, {10, 11}}));
}

TEST(litmus_test, compare_exchange_fails_for_no_reason_if_weak) {
    const auto body = [](bool weak) {
        return [=] {
            atomic<int> x{0};
            int expected = 0;
            const bool done = weak ? x.compare_exchange_weak(expected, 1, memory_order_relaxed)
                                   : x.compare_exchange_strong(expected, 1, memory_order_relaxed);
            observe({done, expected, x.load(memory_order_relaxed)});
        };
    };
    EXPECT_EQ(all_of(body(true)), (outcomes{{0, 0, 0}, {1, 0, 1}}));
    EXPECT_EQ(all_of(body(false)), (outcomes{{1, 0, 1}}));
}

}  // namespace
}  // namespace handoff::exploration
