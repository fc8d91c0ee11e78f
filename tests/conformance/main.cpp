// Runs the tests that the generated translation units have registered: the main of every suite of tests that
// all implementations share.
//   HANDOFF_SEED              repeats the random choices of an earlier run
//   HANDOFF_TEST_SECONDS      for how long no call may succeed before a test counts as hung (10; 30 under a
//                             sanitizer). A step of a test may last six times as long
//   HANDOFF_PATIENCE_SECONDS  how long a timed call that is late is made again (60)
#include <errno.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <random>

#include "build.hpp"
#include "environment.hpp"
#include "session.hpp"
#include "supervisor.hpp"
#include "watchdog.hpp"

namespace {

using namespace handoff::conformance;

constexpr unsigned usual_limit_s = is_sanitized ? 30 : 10;

// What is known to be faulty need not be waited for so long.
unsigned limit_after(unsigned failures, unsigned limit) {
    return failures == 0 ? limit : std::max(limit / 4, 1U);
}

// Nor what has failed in this process.
class impatience : public testing::EmptyTestEventListener {
public:
    explicit impatience(unsigned limit) : limit_(limit) {}

    void OnTestPartResult(const testing::TestPartResult& result) override {
        if (result.failed()) watchdog::set_time_limit(limit_after(1, limit_));
    }

private:
    const unsigned limit_;
};

int run_tests() {
    const int result = RUN_ALL_TESTS();
    // A filter with a typing error must not pass by running nothing.
    if (testing::UnitTest::GetInstance()->test_to_run_count() == 0) {
        std::fprintf(stderr, "%s: no test matches the filter \"%s\"; --gtest_list_tests lists them\n",
                     program_invocation_short_name, testing::GTEST_FLAG(filter).c_str());
        return exit_misuse;
    }
    return result;
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

    set_seed(number_from("HANDOFF_SEED", 0, std::random_device{}()));
    const auto limit = static_cast<unsigned>(number_from("HANDOFF_TEST_SECONDS", 1, usual_limit_s));
    std::printf("seed: HANDOFF_SEED=%llu\n", static_cast<unsigned long long>(seed()));
    return supervised([limit](unsigned failures) {
        watchdog::set_time_limit(limit_after(failures, limit));
        testing::UnitTest::GetInstance()->listeners().Append(new impatience(limit));
        return run_tests();
    });
}
