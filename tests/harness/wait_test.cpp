#include "harness/wait.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace handoff {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr wait_kind harness_kinds[] = {wait_kind::spin,     wait_kind::pause,     wait_kind::backoff,
                                       wait_kind::yield,    wait_kind::sleep_1ms, wait_kind::block,
                                       wait_kind::adaptive, wait_kind::timed};

class wait_test : public testing::TestWithParam<wait_kind> {
protected:
    void SetUp() override { harness_clock::calibrate(); }

    eventcount mine_;
    eventcount theirs_;
};

TEST_P(wait_test, tries_until_it_succeeds_and_counts_the_failures) {
    wait_loop loop(GetParam(), false, mine_, theirs_);
    int tries = 0;
    EXPECT_TRUE(loop.until(
        [&] {
            // What `block` waits for: somebody does something after it has announced itself.
            mine_.notify_all();
            return ++tries == 4;
        },
        [] { return false; }));
    EXPECT_EQ(loop.failed_attempts(), 3u);
    EXPECT_GT(loop.waiting(), 0u);
}

TEST_P(wait_test, an_immediate_success_is_no_wait) {
    wait_loop loop(GetParam(), false, mine_, theirs_);
    EXPECT_TRUE(loop.until([] { return true; }, [] { return true; }));
    EXPECT_EQ(loop.failed_attempts(), 0u);
    EXPECT_EQ(loop.waiting(), 0u);
}

TEST_P(wait_test, gives_up_after_a_last_try) {
    wait_loop loop(GetParam(), false, mine_, theirs_);
    int tries = 0;
    EXPECT_FALSE(loop.until(
        [&] {
            ++tries;
            return false;
        },
        [] { return true; }));
    // The one that fails and the last; spin and pause look up less often.
    const int one_in = GetParam() == wait_kind::spin ? 1024 : GetParam() == wait_kind::pause ? 64 : 1;
    EXPECT_EQ(tries, one_in + 1);
    EXPECT_EQ(loop.failed_attempts(), static_cast<std::uint64_t>(tries));
    tries = 0;
    EXPECT_TRUE(loop.until([&] { return ++tries == 2; }, [] { return true; }));
}

TEST_P(wait_test, the_other_end_wakes_it) {
    std::atomic<bool> there{false};
    std::thread other([&] {
        wait_loop loop(GetParam(), true, theirs_, mine_);
        std::this_thread::sleep_for(5ms);
        there = true;
        loop.announce();
    });
    wait_loop loop(GetParam(), true, mine_, theirs_);
    EXPECT_TRUE(loop.until([&] { return there.load(); }, [] { return false; }));
    other.join();
}

INSTANTIATE_TEST_SUITE_P(kinds, wait_test, testing::ValuesIn(harness_kinds),
                         [](const auto& kind) { return std::string(name_of(kind.param)); });

TEST(sleeping_wait_test, sleep_1ms_sleeps) {
    eventcount a;
    eventcount b;
    wait_loop loop(wait_kind::sleep_1ms, false, a, b);
    const auto start = clock::now();
    int tries = 0;
    loop.until([&] { return ++tries == 4; }, [] { return false; });
    EXPECT_GE(clock::now() - start, 3ms);
}

}  // namespace
}  // namespace handoff
