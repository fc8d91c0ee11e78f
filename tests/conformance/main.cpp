// Runs the tests that the generated translation units have registered: the main of every suite of tests that
// all implementations share.
//   HANDOFF_SEED          repeats the random choices of an earlier run
//   HANDOFF_TEST_SECONDS  how long one step of a test may take before it counts as hung (60)
#include <errno.h>
#include <gtest/gtest.h>

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>

#include "session.hpp"

namespace {

constexpr int exit_misuse = 2;

// The value of an environment variable that must be a whole number of at least `least`; `otherwise` if unset.
std::uint64_t number_from(const char* variable, std::uint64_t least, std::uint64_t otherwise) {
    const char* const text = std::getenv(variable);
    if (text == nullptr) return otherwise;
    const std::string_view digits(text);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size() || value < least) {
        std::fprintf(stderr, "%s: %s is \"%s\", but must be a whole number from %llu on\n",
                     program_invocation_short_name, variable, text, static_cast<unsigned long long>(least));
        std::exit(exit_misuse);
    }
    return value;
}

}  // namespace

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    if (argc > 1) {
        std::fprintf(stderr, "%s: unknown argument \"%s\"; --help lists the valid ones\n",
                     program_invocation_short_name, argv[1]);
        return exit_misuse;
    }
    if (testing::GTEST_FLAG(list_tests)) return RUN_ALL_TESTS();

    const std::uint64_t seed = number_from("HANDOFF_SEED", 0, std::random_device{}());
    std::printf("seed: HANDOFF_SEED=%llu\n", static_cast<unsigned long long>(seed));
    std::fflush(stdout);
    handoff::conformance::set_seed(seed);
    handoff::conformance::set_time_limit(static_cast<unsigned>(number_from("HANDOFF_TEST_SECONDS", 1, 60)));

    const int result = RUN_ALL_TESTS();
    // A filter with a typing error must not pass by running nothing.
    if (testing::UnitTest::GetInstance()->test_to_run_count() == 0) {
        std::fprintf(stderr, "%s: no test matches the filter \"%s\"; --gtest_list_tests lists them\n",
                     program_invocation_short_name, testing::GTEST_FLAG(filter).c_str());
        return exit_misuse;
    }
    return result;
}
