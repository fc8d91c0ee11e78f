// Sleeps and wake-ups that meet at random delays: one that is lost is a hang, which ctest's limit turns into
// a failure. From the environment: HANDOFF_SEED repeats the delays; HANDOFF_STRESS=deep runs each test for
// HANDOFF_DEEP_SECONDS (20) instead of a quarter of a second.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "harness/clock.hpp"
#include "harness/wait.hpp"

namespace handoff {
namespace {

using clock = std::chrono::steady_clock;

std::uint64_t run_seed() {
    static const std::uint64_t seed = [] {
        const char* const text = std::getenv("HANDOFF_SEED");
        const std::uint64_t chosen = text == nullptr ? std::random_device{}() : std::stoull(text);
        std::printf("seed: HANDOFF_SEED=%llu\n", static_cast<unsigned long long>(chosen));
        return chosen;
    }();
    return seed;
}

std::chrono::milliseconds duration() {
    const char* const stress = std::getenv("HANDOFF_STRESS");
    if (stress == nullptr || std::string(stress) != "deep") return std::chrono::milliseconds(250);
    const char* const seconds = std::getenv("HANDOFF_DEEP_SECONDS");
    return std::chrono::seconds(seconds == nullptr ? 20 : std::stoul(seconds));
}

// Spins for a random time: none, about a wake-up's, or several.
class delays {
public:
    explicit delays(std::uint64_t thread) : random_(run_seed() * 31 + thread) {}
    void operator()() {
        constexpr std::uint64_t longest_ns[] = {1, 1'000, 10'000, 50'000};
        const auto end = clock::now() + std::chrono::nanoseconds(random_() % longest_ns[random_() % 4]);
        while (clock::now() < end) pause();
    }

private:
    std::mt19937_64 random_;
};

// Takers wait until something is there and take one; givers give it. As a queue's two ends, with nothing but
// the wait loop between them.
class give_and_take {
public:
    give_and_take(wait_kind kind, int takers, int givers) : kind_(kind), takers_(takers), givers_(givers) {}

    // Returns how many were taken.
    std::int64_t run() {
        std::vector<std::thread> threads;
        for (int i = 0; i < takers_; ++i) threads.emplace_back([this, i] { take(i); });
        std::vector<std::thread> giving;
        for (int i = 0; i < givers_; ++i) giving.emplace_back([this, i] { give(100 + i); });
        for (std::thread& one : giving) one.join();
        over_ = true;
        not_empty_.notify_all();
        for (std::thread& one : threads) one.join();
        return taken_;
    }

    std::int64_t left() const { return there_; }

private:
    static constexpr std::int64_t room = 2;

    void give(int thread) {
        wait_loop loop(kind_, true, not_full_, not_empty_);
        delays delay(thread);
        for (const auto end = clock::now() + duration(); clock::now() < end;) {
            delay();
            loop.until([this] { return change(+1); }, [] { return false; });
            loop.announce();
        }
    }

    void take(int thread) {
        wait_loop loop(kind_, true, not_empty_, not_full_);
        delays delay(thread);
        while (loop.until([this] { return change(-1); }, [this] { return over_.load(); })) {
            loop.announce();
            ++taken_;
            delay();
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
    const int takers_;
    const int givers_;
    eventcount not_full_;
    eventcount not_empty_;
    std::atomic<std::int64_t> there_{0};
    std::atomic<std::int64_t> taken_{0};
    std::atomic<bool> over_{false};
};

class wake_ups_test : public testing::TestWithParam<wait_kind> {};

TEST_P(wake_ups_test, none_is_lost_at_random_delays) {
    harness_clock::calibrate();
    for (const auto& [takers, givers] :
         {std::pair{1, 1}, std::pair{3, 1}, std::pair{1, 3}, std::pair{3, 3}}) {
        give_and_take game(GetParam(), takers, givers);
        const std::int64_t taken = game.run();
        EXPECT_GT(taken, 0);
        EXPECT_EQ(game.left(), 0) << "left by takers that had been told to end only after the last gift";
        std::printf("%s, %d x %d: %lld taken\n", std::string(name_of(GetParam())).c_str(), givers, takers,
                    static_cast<long long>(taken));
    }
}

INSTANTIATE_TEST_SUITE_P(kinds, wake_ups_test,
                         testing::Values(wait_kind::block, wait_kind::adaptive, wait_kind::timed),
                         [](const auto& kind) { return std::string(name_of(kind.param)); });

// Everybody who sleeps when the door is opened goes through it.
TEST(eventcount_wake_ups_test, all_are_woken_at_random_delays) {
    constexpr unsigned sleepers = 4;
    eventcount door;
    eventcount back;
    std::atomic<std::int64_t> opened{0};
    std::atomic<std::int64_t> passed{0};
    std::atomic<bool> over{false};
    const auto sleep_until = [](eventcount& events, auto condition) {
        while (!condition()) {
            const std::uint32_t announced = events.announce();
            if (!condition()) events.sleep(announced);
            events.retract();
        }
    };
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < sleepers; ++i) {
        threads.emplace_back([&, i] {
            delays delay(i);
            for (std::int64_t round = 1; !over; ++round) {
                delay();
                sleep_until(door, [&] { return opened >= round; });
                if (passed.fetch_add(1) + 1 == round * sleepers) back.notify_all();
            }
        });
    }
    delays delay(sleepers);
    std::int64_t rounds = 0;
    for (const auto end = clock::now() + duration(); clock::now() < end;) {
        delay();
        ++rounds;
        opened = rounds;
        door.notify_all();
        sleep_until(back, [&] { return passed == rounds * sleepers; });
    }
    over = true;
    opened = rounds + 1;
    door.notify_all();
    for (std::thread& one : threads) one.join();
    std::printf("%lld rounds of %u sleepers\n", static_cast<long long>(rounds), sleepers);
    EXPECT_GT(rounds, 0);
}

}  // namespace
}  // namespace handoff
