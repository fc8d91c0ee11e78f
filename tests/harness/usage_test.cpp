// What the process has used.
#include "harness/usage.hpp"

#include <gtest/gtest.h>

#include <barrier>
#include <thread>
#include <vector>

namespace handoff {
namespace {

TEST(usage_test, threads_are_counted_while_they_run) {
    constexpr unsigned more = 5;
    std::barrier counted(more + 2);
    std::vector<std::jthread> threads;
    // ThreadSanitizer starts one of its own with the first.
    threads.emplace_back([&] { counted.arrive_and_wait(); });
    const unsigned before = threads_of_this_process();
    EXPECT_GE(before, 2U);
    while (threads.size() < more + 1) threads.emplace_back([&] { counted.arrive_and_wait(); });
    EXPECT_EQ(threads_of_this_process(), before + more);
    counted.arrive_and_wait();
}

}  // namespace
}  // namespace handoff
