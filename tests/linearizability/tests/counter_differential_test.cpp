// The checkers of counters against the reference, on random small histories, legal and not.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include "checkers/counter_checker.hpp"
#include "checkers/diagram.hpp"
#include "exhaustive.hpp"
#include "random_history.hpp"

namespace handoff::linearizability::testing {
namespace {

constexpr std::size_t histories = 60'000;

history random_history(random_source& random) {
    const recipe how{.queue = {},
                     .threads = 2 + below(random, 3),
                     .calls = 3 + below(random, 9),
                     .push_percent = 40 + 10 * below(random, 3),
                     .stretch = 1 + below(random, 9)};
    history calls = legal_counter_history(random, how);
    for (std::uint64_t i = below(random, 4); i > 0; --i) change_counter_history(random, calls);
    return calls;
}

TEST(counter_differential_test, exact_agrees_with_the_reference) {
    random_source random(test_seed());
    std::size_t legal = 0;
    std::size_t by_matching = 0;
    for (std::size_t i = 0; i < histories; ++i) {
        const history calls = random_history(random);
        const bool expected = linearizable(calls, counter_object());
        legal += expected;
        const finding broken = check_exact_counter(calls);
        ASSERT_EQ(!broken, expected) << (broken ? report(*broken) : "") << diagram(calls);
        by_matching += broken && broken->rule == "linearizability";
    }
    std::printf("exact: %zu histories, %zu legal, %zu illegal, %zu of them only by the matching\n", histories,
                legal, histories - legal, by_matching);
    EXPECT_GT(legal, histories / 10);
    EXPECT_GT(histories - legal, histories / 10);
    EXPECT_GT(by_matching, 0U);
}

bool within(const operation& read, const history& calls, bool nothing_lost) {
    const auto count = [&](auto condition) {
        return static_cast<std::uint64_t>(std::count_if(calls.begin(), calls.end(), [&](const operation& o) {
            return o.what == call::add && condition(o);
        }));
    };
    const std::uint64_t completed = count([&](const operation& o) { return precedes(o, read); });
    const std::uint64_t begun = count([&](const operation& o) { return !precedes(read, o); });
    return (!nothing_lost || read.value >= completed) && read.value <= begun;
}

TEST(counter_differential_test, bounds_are_their_definition) {
    random_source random(test_seed());
    for (const read_guarantee promise : {read_guarantee::quiescent, read_guarantee::lossy}) {
        std::size_t legal = 0;
        for (std::size_t i = 0; i < histories; ++i) {
            const history calls = random_history(random);
            const bool expected = std::all_of(calls.begin(), calls.end(), [&](const operation& o) {
                return o.what != call::read || within(o, calls, promise == read_guarantee::quiescent);
            });
            legal += expected;
            ASSERT_EQ(!check_counter(calls, promise), expected) << diagram(calls);
        }
        std::printf("%s: %zu histories, %zu legal, %zu illegal\n",
                    promise == read_guarantee::lossy ? "lossy" : "quiescent", histories, legal,
                    histories - legal);
        EXPECT_GT(legal, histories / 10);
        EXPECT_GT(histories - legal, histories / 50);
    }
}

}  // namespace
}  // namespace handoff::linearizability::testing
