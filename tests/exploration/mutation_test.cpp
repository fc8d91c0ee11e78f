// The explorer must find each fault that can be switched on in our sources, by the scenarios as they are, and
// find the same again when it replays it. A fault that it cannot see by its nature is not listed here.
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "exploration/explorer/mutation.hpp"
#include "exploration/scenarios/registry.hpp"

namespace handoff::exploration {
namespace {

struct mutation {
    const char* name;
    const char* implementation;
    const char* found;  // a part of what is reported first
};

void PrintTo(const mutation& m, std::ostream* out) {
    *out << m.name << " in " << m.implementation;
}

constexpr mutation mutations[] = {
    {"lamport_spsc_ring.push", "lamport_spsc_ring", "data race"},
    {"lamport_spsc_ring.publish", "lamport_spsc_ring", "data race"},
    {"lamport_spsc_ring.pop", "lamport_spsc_ring", "data race"},
    {"lamport_spsc_ring.hand_back", "lamport_spsc_ring", "data race"},
    {"lamport_spsc_ring.capacity_too_large", "lamport_spsc_ring", "constructed where another lives"},
    {"cached_spsc_ring.push", "cached_spsc_ring", "data race"},
    {"cached_spsc_ring.publish", "cached_spsc_ring", "data race"},
    {"cached_spsc_ring.pop", "cached_spsc_ring", "data race"},
    {"cached_spsc_ring.hand_back", "cached_spsc_ring", "data race"},
    {"cached_spsc_ring.never_refreshed", "cached_spsc_ring", "would have failed"},
    {"vyukov_mpmc_ring.push", "vyukov_mpmc_ring", "data race"},
    {"vyukov_mpmc_ring.publish", "vyukov_mpmc_ring", "data race"},
    {"vyukov_mpmc_ring.pop", "vyukov_mpmc_ring", "data race"},
    {"vyukov_mpmc_ring.hand_back", "vyukov_mpmc_ring", "data race"},
    {"vyukov_mpmc_ring.one_slot", "vyukov_mpmc_ring", "constructed where another lives"},
    {"vyukov_mpmc_ring.claim_not_atomic", "vyukov_mpmc_ring", "data race"},
    {"vyukov_mpmc_ring.lap_too_short", "vyukov_mpmc_ring", "no FIFO queue"},
    {"ticket_mpmc_ring.try_push", "ticket_mpmc_ring", "data race"},
    {"ticket_mpmc_ring.try_pop", "ticket_mpmc_ring", "data race"},
    {"ticket_mpmc_ring.push", "ticket_mpmc_ring", "data race"},
    {"ticket_mpmc_ring.pop", "ticket_mpmc_ring", "data race"},
    {"ticket_mpmc_ring.publish", "ticket_mpmc_ring", "data race"},
    {"ticket_mpmc_ring.hand_back", "ticket_mpmc_ring", "data race"},
    {"ticket_mpmc_ring.lap_too_short", "ticket_mpmc_ring", "no FIFO queue"},
    {"two_lock_queue.publish", "two_lock_queue", "data race"},
    {"two_lock_queue.pop", "two_lock_queue", "data race"},
    {"two_lock_queue.frees_too_much", "two_lock_queue", "while another thread uses it"},
    {"mutex_ring.close_wakes_one", "mutex_ring", "waits for a notification"},
    {"mutex_ring.wakes_only_crowds", "mutex_ring", "waits for a notification"},
    {"ttas_lock.lock", "ttas_lock", "data race"},
    {"ttas_lock.unlock", "ttas_lock", "data race"},
    {"ttas_lock.unlock", "ttas_ring", "data race"},
    {"ticket_lock.lock", "ticket_lock", "data race"},
    {"ticket_lock.try_lock", "ticket_lock", "data race"},
    {"ticket_lock.unlock", "ticket_counter", "data race"},
    {"sharded_counter.add_not_atomic", "sharded_padded_counter", "outside of its bounds"},
    {"eventcount.announce_fence", "eventcount", "waits for a futex"},
    {"eventcount.notify_fence", "eventcount", "waits for a futex"},
    {"eventcount.epoch_stays", "eventcount", "waits for a futex"},
};

class mutation_test : public testing::TestWithParam<mutation> {
protected:
    void TearDown() override { mutation_under_test.clear(); }
};

TEST_P(mutation_test, is_found) {
    mutation_under_test = GetParam().name;
    mutation_uses = 0;
    for (const scenario& s : all_scenarios()) {
        if (s.implementation != GetParam().implementation) continue;
        const exploration_result result = explore_all(s.body, s.limits, 1'000'000);
        if (!result.failed) continue;
        EXPECT_NE(result.failed->what.find(GetParam().found), std::string::npos) << result.failed->what;
        const outcome again = replay(s.body, s.limits, result.failed->choices);
        EXPECT_EQ(again.failure, result.failed->what);
        EXPECT_EQ(again.trace, result.failed->trace);
        return;
    }
    FAIL() << GetParam().name << " is not found; its code ran " << mutation_uses << " times";
}

std::string test_name(const testing::TestParamInfo<mutation>& test) {
    std::string name = std::string(test.param.implementation) + "_" + test.param.name;
    for (char& c : name) {
        if (c == '.') c = '_';
    }
    return name;
}

INSTANTIATE_TEST_SUITE_P(every, mutation_test, testing::ValuesIn(mutations), test_name);

}  // namespace
}  // namespace handoff::exploration
