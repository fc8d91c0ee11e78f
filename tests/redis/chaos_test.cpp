// Killing a worker at any moment loses no document and saves none twice.
//   HANDOFF_STRESS         quick: until a few dozen workers were killed; deep: 200 runs
//   HANDOFF_RUNS           another number of runs
//   HANDOFF_DEEP_SECONDS   ends deep after this time, if it is set
//   HANDOFF_SEED           of the first run; the next has the next number
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>
#include <random>

#include "chaos.hpp"
#include "conformance/environment.hpp"

namespace handoff {
namespace {

using conformance::number_from;

constexpr unsigned quick_kills = 36;
constexpr std::uint64_t deep_runs = 200;

struct chaos_effort {
    bool deep = conformance::is_second("HANDOFF_STRESS", "quick", "deep");
    std::uint64_t runs = number_from("HANDOFF_RUNS", 1, deep ? deep_runs : 0);
    std::chrono::seconds time{number_from("HANDOFF_DEEP_SECONDS", 1, deep ? 1'000'000 : 0)};
    std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();

    bool enough(std::uint64_t done, unsigned kills) const {
        if (runs > 0) return done >= runs || (deep && std::chrono::steady_clock::now() - start > time);
        return kills >= quick_kills;
    }
};

TEST(redis_chaos_test, each_document_is_saved_once_or_on_the_failed_list) {
    const chaos_effort effort;
    const std::uint64_t seed = number_from("HANDOFF_SEED", 0, std::random_device{}());
    std::printf("HANDOFF_SEED=%llu\n", static_cast<unsigned long long>(seed));
    chaos_outcome all;
    std::uint64_t done = 0;
    for (; !effort.enough(done, all.kills); ++done) {
        const chaos_outcome one = run_chaos(seed + done);
        ASSERT_EQ(one.wrong, "") << "HANDOFF_SEED=" << seed + done;
        all.kills += one.kills;
        all.cuts += one.cuts;
        all.saved += one.saved;
        all.failed += one.failed;
        all.given_up += one.given_up;
    }
    std::printf(
        "%llu runs, %u workers killed, %u connections cut: %zu documents saved once and whole, %zu that "
        "could not be had and %zu given up on the failed list\n",
        static_cast<unsigned long long>(done), all.kills, all.cuts, all.saved, all.failed, all.given_up);
    EXPECT_GT(all.kills, 0U);
    EXPECT_GT(all.saved, all.given_up) << "most are saved in spite of it";
}

}  // namespace
}  // namespace handoff
