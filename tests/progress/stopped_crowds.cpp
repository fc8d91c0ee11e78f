#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "effort.hpp"
#include "session.hpp"
#include "small_crowd.hpp"
#include "steps.hpp"
#include "stopping.hpp"
#include "tests.hpp"

namespace handoff::stalls {
namespace {

using clock = std::chrono::steady_clock;
using conformance::number;

// Long enough for some stops in each crowd.
constexpr std::size_t rounds = 10'000;
// Up to 640 us: a queue of few places is gone through hundreds of times.
constexpr unsigned crowd_doublings = 6;
constexpr std::size_t least_crowds = 3;  // two that step and one that is stopped

template <class Bystander>
void expect_kept(const conformance::queue_under_test& subject, std::size_t requested, Bystander& bystander) {
    const conformance::doing what("requested capacity " + std::to_string(requested));
    const auto queue = subject.numbers(requested);
    conformance::small_crowd<Bystander> crowd(subject, *queue, rounds, bystander);
    crowd.run();
    crowd.expect_all_and_room();
}

}  // namespace

// A thread that is stopped, or that pauses at whatever instruction, with an old view of a node, while this is
// taken and put back again and again: whoever then takes it for what it was (the ABA problem) loses nodes,
// and the queue holds less than it says, or doubles items.
void stopped_crowds_keep_items_and_room(const conformance::queue_under_test& subject) {
    const auto end = clock::now() + the_effort().per_test;
    for (std::size_t round = 0; round < least_crowds || clock::now() < end; ++round) {
        const std::size_t requested = 2 + round / 3 % 3;
        if (can_step && round % 3 != 2) {
            stepping bystander(conformance::random_below(~std::uint64_t{0}));
            expect_kept(subject, requested, bystander);
        } else {
            stopping bystander(conformance::small_crowd<>::threads, crowd_doublings);
            expect_kept(subject, requested, bystander);
        }
        if (testing::Test::HasFailure()) return;
    }
}

}  // namespace handoff::stalls
