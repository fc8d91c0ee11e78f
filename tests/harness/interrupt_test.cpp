// A thread that is interrupted wherever it is.
#include "harness/machine/interrupt.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <thread>

namespace handoff {
namespace {

using namespace std::chrono_literals;

class noting final : public interruption {
public:
    void happens() override {
        inside = call_mark::is_inside();
        thread = gettid();
        ++times;
    }
    // Busily, so that it is interrupted between two instructions of its own.
    bool comes() const {
        const auto begun = std::chrono::steady_clock::now();
        while (times == 0 && std::chrono::steady_clock::now() - begun < 60s) {
        }
        return times != 0;
    }

    std::atomic<int> times = 0;
    std::atomic<pid_t> thread = 0;
    std::atomic<bool> inside = false;
};

TEST(interrupt_test, comes_once_on_the_thread_itself) {
    noting what;
    interruptible self(what);
    self.interrupt_after(1ms);
    ASSERT_TRUE(what.comes());
    EXPECT_EQ(what.thread, gettid());
    EXPECT_FALSE(what.inside);
    std::this_thread::sleep_for(20ms);
    EXPECT_EQ(what.times, 1);
}

TEST(interrupt_test, another_thread_may_ask_for_it) {
    noting what;
    interruptible self(what);
    std::thread([&] { self.interrupt_after(0ns); }).join();
    ASSERT_TRUE(what.comes());
    EXPECT_EQ(what.thread, gettid());
}

TEST(interrupt_test, knows_whether_the_thread_is_in_a_call) {
    noting what;
    interruptible self(what);
    {
        const call_mark here;
        self.interrupt_after(1ms);
        ASSERT_TRUE(what.comes());
    }
    EXPECT_TRUE(what.inside);
    EXPECT_FALSE(call_mark::is_inside());
}

TEST(interrupt_test, waits_until_the_thread_may_be_interrupted) {
    noting what;
    interruptible self(what);
    {
        const uninterrupted outer;
        {
            const uninterrupted inner;
            self.interrupt_after(1ms);
            std::this_thread::sleep_for(20ms);
        }
        EXPECT_EQ(what.times, 0);
    }
    EXPECT_EQ(what.times, 1) << "it is made up for at once";
}

}  // namespace
}  // namespace handoff
