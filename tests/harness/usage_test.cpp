// What the process has used.
#include "harness/usage.hpp"

#include <gtest/gtest.h>

#include <barrier>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
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

constexpr const char* tell_peak = "HANDOFF_TEST_TELL_PEAK";

// What this program, started anew, says of itself.
double peak_of_another_one() {
    const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
    const std::string command =
        std::string(tell_peak) + "=1 '" + self + "' --gtest_filter=usage_test.peak_memory*";
    FILE* const said = popen(command.c_str(), "r");
    if (said == nullptr) return 0.0;
    double peak = 0.0;
    char line[256];
    while (std::fgets(line, sizeof line, said) != nullptr) std::sscanf(line, "peak %lf", &peak);
    return pclose(said) == 0 ? peak : 0.0;
}

TEST(usage_test, peak_memory_is_the_programs_and_not_of_who_started_it) {
    if (std::getenv(tell_peak) != nullptr) {
        std::printf("peak %.0f\n", peak_resident_bytes());
        return;
    }
    constexpr double touched = 128.0 * 1024 * 1024;
    const double before = peak_resident_bytes();
    const std::vector<char> large(static_cast<std::size_t>(touched), 'x');
    asm volatile("" : : "r"(large.data()) : "memory");  // as if somebody read it: else it need not be there
    const double peak = peak_resident_bytes();
    EXPECT_GE(peak, before + 0.9 * touched);
    const double other = peak_of_another_one();
    EXPECT_GT(other, 0.0);
    EXPECT_LT(other, peak - 0.5 * touched);
}

}  // namespace
}  // namespace handoff
