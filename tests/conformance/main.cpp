// Runs the tests that the generated translation units have registered: the main of every suite of tests that
// all implementations share.
//   HANDOFF_SEED              repeats the random choices of an earlier run
//   HANDOFF_TEST_SECONDS      how long one step of a test may take before it counts as hung (60)
//   HANDOFF_PATIENCE_SECONDS  how long a timed call that is late is made again (60)
#include <errno.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <random>

#include "environment.hpp"
#include "session.hpp"

using handoff::conformance::exit_misuse;
using handoff::conformance::number_from;

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
