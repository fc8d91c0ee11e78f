// The checkers of counters against the reference, on random small histories, legal and not.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <iterator>

#include "../../conformance/build.hpp"
#include "checkers/counter_checker.hpp"
#include "checkers/diagram.hpp"
#include "exhaustive.hpp"
#include "random_history.hpp"

namespace handoff::linearizability::testing {
namespace {

// A sanitizer judges the checkers' own code, for which fewer do.
constexpr std::size_t histories = conformance::is_sanitized ? 15'000 : 60'000;

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

history without(const history& calls, const operation& left_out) {
    history rest;
    std::remove_copy(calls.begin(), calls.end(), std::back_inserter(rest), left_out);
    return rest;
}

history with_all_adds(const history& witness, const history& calls) {
    history all;
    std::copy_if(witness.begin(), witness.end(), std::back_inserter(all),
                 [](const operation& o) { return o.what == call::read; });
    std::copy_if(calls.begin(), calls.end(), std::back_inserter(all),
                 [](const operation& o) { return o.what == call::add; });
    return all;
}

// The witness is wrong by itself, and its reads are with all adds of the history. It needs each of its reads.
// Where a read is too low it needs each of its adds; a surplus shows all adds that may have been counted.
void expect_few_calls(const violation& broken, const history& calls, auto legal) {
    const history& witness = broken.witness;
    ASSERT_FALSE(legal(witness)) << "what is shown is legal:\n" << report(broken) << diagram(calls);
    const history conclusive = with_all_adds(witness, calls);
    ASSERT_FALSE(legal(conclusive)) << "the adds left out explain it:\n" << report(broken) << diagram(calls);
    if (broken.rule != "lost" && broken.rule != "falling") {
        for (const operation& add : conclusive) {
            const bool shown = std::find(witness.begin(), witness.end(), add) != witness.end();
            const bool later = std::all_of(witness.begin(), witness.end(), [&](const operation& o) {
                return o.what != call::read || precedes(o, add);
            });
            ASSERT_NE(shown, later) << "may be counted, but is not shown, or the other way round: "
                                    << describe(add) << '\n'
                                    << report(broken) << diagram(calls);
        }
    }
    for (const operation& o : witness) {
        if (o.what == call::read) {
            ASSERT_TRUE(legal(without(conclusive, o))) << "not needed: " << describe(o) << '\n'
                                                       << report(broken) << diagram(calls);
        }
        if (broken.rule == "lost") {
            ASSERT_TRUE(legal(without(witness, o))) << "not needed: " << describe(o) << '\n'
                                                    << report(broken);
        }
    }
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
        if (!broken) continue;
        expect_few_calls(*broken, calls,
                         [](const history& some) { return linearizable(some, counter_object()); });
        if (HasFatalFailure()) return;
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
            const auto all_within = [&](const history& some) {
                return std::all_of(some.begin(), some.end(), [&](const operation& o) {
                    return o.what != call::read || within(o, some, promise == read_guarantee::quiescent);
                });
            };
            const bool expected = all_within(calls);
            legal += expected;
            const finding broken = check_counter(calls, promise);
            ASSERT_EQ(!broken, expected) << diagram(calls);
            if (broken) expect_few_calls(*broken, calls, all_within);
            if (HasFatalFailure()) return;
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
