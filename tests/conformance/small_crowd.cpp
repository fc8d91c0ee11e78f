#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "small_crowd.hpp"
#include "stress.hpp"
#include "tests.hpp"

namespace handoff::conformance {

// Nodes or slots that come back within a call's time, since there are so few: who takes one for what it was
// before loses others, and with them room.
void capacity_survives_a_crowd(const queue_under_test& subject) {
    const auto end = std::chrono::steady_clock::now() + stress_time(std::chrono::milliseconds(0));
    do {
        for (const std::size_t requested : {2U, 3U, 4U}) {
            const doing what("requested capacity " + std::to_string(requested));
            const auto queue = subject.numbers(requested);
            small_crowd crowd(subject, *queue, scaled(2'000, 500));
            crowd.run();
            crowd.expect_all_and_room();
            if (testing::Test::HasFailure()) return;
        }
    } while (std::chrono::steady_clock::now() < end);
}

}  // namespace handoff::conformance
