// What the process has used.
#include "harness/machine/usage.hpp"

#include <gtest/gtest.h>

#include <barrier>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "downloads/processes/child_process.hpp"

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

// Set where this program is run anew by the test.
constexpr const char* peak_limit = "HANDOFF_TEST_PEAK_BELOW";

std::string fate_of_another_one(double limit) {
    setenv(peak_limit, std::to_string(limit).c_str(), 1);
    const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
    child_process other =
        child_process::program(self, {self, "--gtest_filter=usage_test.peak_memory*", "--gtest_brief=1"});
    unsetenv(peak_limit);
    other.wait();
    return other.fate();
}

TEST(usage_test, peak_memory_is_the_programs_and_not_of_who_started_it) {
    if (const char* const limit = std::getenv(peak_limit)) {
        EXPECT_GT(peak_resident_bytes(), 0.0);
        EXPECT_LT(peak_resident_bytes(), std::stod(limit));
        return;
    }
    constexpr double touched = 128.0 * 1024 * 1024;
    const double before = peak_resident_bytes();
    const std::vector<char> large(static_cast<std::size_t>(touched), 'x');
    asm volatile("" : : "r"(large.data()) : "memory");  // as if somebody read it: else it need not be there
    const double peak = peak_resident_bytes();
    EXPECT_GE(peak, before + 0.9 * touched);
    EXPECT_EQ(fate_of_another_one(peak - 0.5 * touched), "exit code 0");
}

}  // namespace
}  // namespace handoff
