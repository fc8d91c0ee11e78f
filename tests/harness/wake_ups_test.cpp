// Sleeps and wake-ups of the harness's own waiting that meet at random delays: one that is lost is a hang,
// which ctest's limit turns into a failure. How long the tests run is said by ../progress/effort.hpp;
// HANDOFF_SEED repeats what is drawn.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "../conformance/environment.hpp"
#include "../progress/delays.hpp"
#include "../progress/effort.hpp"
#include "harness/machine/clock.hpp"
#include "harness/wait.hpp"

namespace handoff {
namespace {

using clock = std::chrono::steady_clock;
using stalls::delays;

std::uint64_t seed_of(unsigned thread) {
    static const std::uint64_t seed = [] {
        const std::uint64_t chosen = conformance::number_from("HANDOFF_SEED", 0, std::random_device{}());
        std::printf("HANDOFF_SEED=%llu\n", static_cast<unsigned long long>(chosen));
        return chosen;
    }();
    return seed * 31 + thread;
}

constexpr std::pair<unsigned, unsigned> crews[] = {{1, 1}, {3, 1}, {1, 3}, {3, 3}};

// One of several that share a test's time.
clock::time_point end_of_a_share(std::size_t shares) {
    return clock::now() + stalls::the_effort().per_test / static_cast<int>(shares);
}

// Takers wait until something is there and take one; givers give it. As a queue's two ends, with nothing but
// the wait loop between them.
class give_and_take {
public:
    give_and_take(wait_kind kind, unsigned takers, unsigned givers)
        : kind_(kind), takers_(takers), givers_(givers), end_(end_of_a_share(std::size(crews))) {}

    // Returns how many were taken.
    std::int64_t run() {
        std::vector<std::thread> taking;
        for (unsigned i = 0; i < takers_; ++i) taking.emplace_back([this, i] { take(i); });
        std::vector<std::thread> giving;
        for (unsigned i = 0; i < givers_; ++i) giving.emplace_back([this, i] { give(takers_ + i); });
        for (std::thread& one : giving) one.join();
        over_ = true;
        not_empty_.notify_all();
        for (std::thread& one : taking) one.join();
        return taken_;
    }

    std::int64_t left() const { return there_; }

private:
    static constexpr std::int64_t room = 2;

    void give(unsigned thread) {
        wait_loop loop(kind_, true, not_full_, not_empty_);
        delays between(seed_of(thread));
        do {
            between.pass();
            loop.until([this] { return change(+1); }, [] { return false; });
            loop.announce();
        } while (clock::now() < end_);
    }

    void take(unsigned thread) {
        wait_loop loop(kind_, true, not_empty_, not_full_);
        delays between(seed_of(thread));
        while (loop.until([this] { return change(-1); }, [this] { return over_.load(); })) {
            loop.announce();
            ++taken_;
            between.pass();
        }
    }

    bool change(std::int64_t by) {
        std::int64_t seen = there_;
        while (seen + by >= 0 && seen + by <= room) {
            if (there_.compare_exchange_weak(seen, seen + by)) return true;
        }
        return false;
    }

    const wait_kind kind_;
    const unsigned takers_;
    const unsigned givers_;
    const clock::time_point end_;
    eventcount not_full_;
    eventcount not_empty_;
    std::atomic<std::int64_t> there_{0};
    std::atomic<std::int64_t> taken_{0};
    std::atomic<bool> over_{false};
};

class wake_ups_test : public testing::TestWithParam<wait_kind> {};

TEST_P(wake_ups_test, none_is_lost_at_random_delays) {
    harness_clock::calibrate();
    std::int64_t taken = 0;
    const std::uint64_t sleeps_before = stalls::sleeps_so_far();
    for (const auto& [takers, givers] : crews) {
        give_and_take game(GetParam(), takers, givers);
        taken += game.run();
        EXPECT_EQ(game.left(), 0) << "left by takers that had been told to end only after the last gift";
    }
    const std::uint64_t sleeps = stalls::sleeps_so_far() - sleeps_before;
    EXPECT_GT(taken, 0);
    std::printf("%s: %lld taken, %llu sleeps\n", std::string(name_of(GetParam())).c_str(),
                static_cast<long long>(taken), static_cast<unsigned long long>(sleeps));
}

INSTANTIATE_TEST_SUITE_P(kinds, wake_ups_test,
                         testing::Values(wait_kind::block, wait_kind::adaptive, wait_kind::timed),
                         [](const auto& kind) { return std::string(name_of(kind.param)); });

// Sleepers before a door and one who opens it, round after round.
class doorkeeper {
public:
    // Returns the number of rounds.
    std::int64_t run() {
        std::vector<std::thread> threads;
        for (unsigned i = 0; i < sleepers; ++i) threads.emplace_back([this, i] { pass_through(i); });
        delays between(seed_of(sleepers));
        const auto end = end_of_a_share(1);
        do {
            between.pass();
            ++opened_;
            door_.notify_all();
            sleep_until(back_, [this] { return passed_ == opened_ * sleepers; });
        } while (clock::now() < end);
        over_ = true;
        door_.notify_all();
        for (std::thread& one : threads) one.join();
        return opened_;
    }

private:
    static constexpr unsigned sleepers = 4;

    template <class Condition>
    static void sleep_until(eventcount& events, Condition condition) {
        while (!condition()) {
            const std::uint32_t announced = events.announce();
            if (!condition()) events.sleep(announced);
            events.retract();
        }
    }

    void pass_through(unsigned self) {
        delays between(seed_of(self));
        for (std::int64_t round = 1; !over_; ++round) {
            between.pass();
            sleep_until(door_, [this, round] { return opened_ >= round || over_; });
            if (!over_ && passed_.fetch_add(1) + 1 == round * sleepers) back_.notify_all();
        }
    }

    eventcount door_;
    eventcount back_;
    std::atomic<std::int64_t> opened_{0};
    std::atomic<std::int64_t> passed_{0};
    std::atomic<bool> over_{false};
};

// Everybody who sleeps when the door is opened goes through it.
TEST(eventcount_wake_ups_test, all_are_woken_at_random_delays) {
    const std::uint64_t sleeps_before = stalls::sleeps_so_far();
    const std::int64_t rounds = doorkeeper().run();
    const std::uint64_t sleeps = stalls::sleeps_so_far() - sleeps_before;
    EXPECT_GT(rounds, 0);
    std::printf("%lld rounds, %llu sleeps\n", static_cast<long long>(rounds),
                static_cast<unsigned long long>(sleeps));
}

}  // namespace
}  // namespace handoff
