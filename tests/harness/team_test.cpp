#include "harness/machine/team.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <stdexcept>
#include <string>

#include "harness/machine/errors.hpp"
#include "harness/machine/topology.hpp"

namespace handoff {
namespace {

int first_cpu() {
    return topology::detect().cpus().front().id;
}

TEST(team_test, every_member_runs_where_it_was_put) {
    const int cpu = first_cpu();
    std::atomic<int> in_place{0};
    run_team({cpu, cpu, not_pinned}, [&](unsigned i) {
        if (i == 2 || sched_getcpu() == cpu) ++in_place;
    });
    EXPECT_EQ(in_place, 3);
}

TEST(team_test, meanwhile_runs_beside_the_members) {
    std::atomic<bool> told{false};
    run_team(
        {not_pinned}, [&](unsigned) { told.wait(false); },
        [&] {
            told = true;
            told.notify_all();
        });
    EXPECT_TRUE(told);
}

TEST(team_test, what_a_member_throws_comes_out) {
    std::atomic<bool> failed{false};
    const auto run = [&] {
        run_team(
            {not_pinned, not_pinned},
            [&](unsigned i) {
                if (i == 0) throw std::runtime_error("member 0");
                failed.wait(false);
            },
            [] {},
            [&] {
                failed = true;
                failed.notify_all();
            });
    };
    EXPECT_THROW(run(), std::runtime_error);
}

TEST(team_test, a_cpu_that_does_not_exist_is_refused_before_anybody_runs) {
    std::atomic<int> ran{0};
    try {
        run_team({not_pinned, CPU_SETSIZE - 1}, [&](unsigned) { ++ran; });
        FAIL() << "accepted";
    } catch (const misuse& e) {
        EXPECT_NE(std::string(e.what()).find("cannot pin a thread to CPU 1023"), std::string::npos)
            << e.what();
    }
    EXPECT_EQ(ran, 0);
}

TEST(team_test, cpus_may_have_numbers_beyond_what_a_cpu_set_holds) {
    const int far = 5 * CPU_SETSIZE;
    EXPECT_FALSE(can_pin_to(far));
    EXPECT_TRUE(can_pin_to(topology::detect().cpus().front().id));
    try {
        pin_this_thread(far);
        FAIL() << "accepted";
    } catch (const misuse& e) {
        EXPECT_NE(std::string(e.what()).find("cannot pin a thread to CPU 5120"), std::string::npos)
            << e.what();
    }
}

}  // namespace
}  // namespace handoff
