#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <vector>

#include "coming_and_going.hpp"
#include "effort.hpp"
#include "session.hpp"
#include "stopping.hpp"
#include "tests.hpp"
#include "threads.hpp"

namespace handoff::stalls {
namespace {

using clock = std::chrono::steady_clock;
using conformance::many_handles;
using conformance::number;

// Up to 640 us: many handles have their turn meanwhile.
constexpr unsigned handle_doublings = 6;

using crowd = conformance::coming_and_going<stopping>;

void go_through_handles(const conformance::queue_under_test& subject, void (crowd::*turns)()) {
    const auto queue = subject.numbers(64);
    stopping bystander(crowd::threads, handle_doublings);
    crowd tested(*queue, bystander);
    (tested.*turns)();
    tested.expect_all(subject.keeps_producer_order());
}

std::int64_t add_in_turn(conformance::any_counter& counter) {
    std::vector<std::unique_ptr<conformance::any_handle>> handles;
    for (std::size_t i = 0; i < many_handles; ++i) handles.push_back(counter.handle());
    std::int64_t added = 0;
    for (conformance::time_box box(std::chrono::milliseconds(20)); !box.is_over(); ++added)
        handles[static_cast<std::size_t>(added) % many_handles]->add(1);
    return added;
}

}  // namespace

// Two handles that share a place which each takes for its own lose what the other does while one of them is
// stopped inside a call.
void stopped_handles_disturb_nobody(const conformance::queue_under_test& subject) {
    const conformance::doing what("many handles in turn");
    const auto end = clock::now() + the_effort().per_test / 4;
    do {
        if (subject.spec->producers == cardinality::many)
            go_through_handles(subject, &crowd::of_producers_at_once);
        if (subject.spec->consumers == cardinality::many)
            go_through_handles(subject, &crowd::of_consumers_at_once);
    } while (clock::now() < end && !testing::Test::HasFailure());
}

void stopped_counter_handles_disturb_nobody(const conformance::counter_under_test& subject) {
    const auto end = clock::now() + the_effort().per_test / 4;
    do {
        const auto counter = subject.make();
        stopping bystander(2, handle_doublings);
        std::atomic<bool> done = false;
        std::int64_t by_the_first = 0;
        std::int64_t by_others = 0;
        conformance::run_threads(
            2,
            [&](unsigned self) {
                const auto present = bystander.thread_begins(self);
                if (self == 0) {
                    const auto handle = counter->handle();
                    for (; !done; ++by_the_first) handle->add(1);
                } else {
                    by_others = add_in_turn(*counter);
                    done = true;
                }
            },
            [&] { bystander.meanwhile(); });
        EXPECT_EQ(counter->read(), by_the_first + by_others)
            << "with " << many_handles << " handles that added " << by_others << " beside one that added "
            << by_the_first;
    } while (clock::now() < end && !testing::Test::HasFailure());
}

}  // namespace handoff::stalls
