#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <string>

#include "tests.hpp"
#include "time_box.hpp"
#include "transfer.hpp"

namespace handoff::conformance {
namespace {

constexpr unsigned each_with_an_item = 4;

struct failure_counts {
    std::atomic<std::size_t> pushes{0};
    std::atomic<std::size_t> pops{0};
};

}  // namespace

// Each thread pushes an item and then pops one. Room for as many as there are threads is room for all; and
// who has pushed finds an item. So no call may fail, where failures are exact; where they are not, this says
// how many did.
void calls_succeed_with_room_for_all(const queue_under_test& subject) {
    const auto queue = subject.numbers(each_with_an_item);
    failure_counts failed;
    std::atomic<std::size_t> passed = 0;
    run_threads(each_with_an_item, [&](unsigned) {
        const auto producer = queue->producer();
        const auto consumer = queue->consumer();
        // Long enough for a thread to lose its processor within a call, where others have all of them to
        // themselves.
        for (time_box box(std::chrono::milliseconds(60)); !box.is_over(); ++passed) {
            number value = 1;
            while (!producer->try_push(std::move(value))) {
                ++failed.pushes;
                give_way();
            }
            while (!consumer->try_pop(value)) {
                ++failed.pops;
                give_way();
            }
        }
    });
    if (subject.spec->failure == try_failure::exact) {
        EXPECT_EQ(failed.pushes, 0U) << "pushes failed although the queue was never full";
        EXPECT_EQ(failed.pops, 0U) << "pops failed although the queue was never empty";
    } else {
        std::printf(
            "%s: for %zu pushes with room and as many pops with an item there, %zu and %zu tries failed\n",
            std::string(subject.registered_name).c_str(), passed.load(), failed.pushes.load(),
            failed.pops.load());
    }
}

}  // namespace handoff::conformance
