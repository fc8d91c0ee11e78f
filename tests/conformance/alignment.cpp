#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests.hpp"
#include "transfer.hpp"

namespace handoff::conformance {
namespace {

// Several, of several sizes: memory that is not asked for with its alignment has it by chance.
void expect_aligned(maker<number> make_queue, std::size_t room) {
    std::vector<std::unique_ptr<any_queue<number>>> queues;
    for (std::size_t i = 0; i < 6; ++i) queues.push_back(make_queue(room + i));
    for (const auto& queue : queues) {
        const auto producer = queue->producer();
        const auto consumer = queue->consumer();
        for (number lap = 0; lap < 3; ++lap) {
            for (number i = 0; i < room; ++i) ASSERT_TRUE(producer->try_push(lap * room + i));
            for (number i = 0; i < room; ++i) {
                number value = untouched;
                ASSERT_TRUE(consumer->try_pop(value));
                ASSERT_LT(value - lap * room, room) << "the value of an item has changed";
            }
        }
    }
}

}  // namespace

void items_lie_where_they_must(const queue_under_test& subject) {
    for (const auto& [alignment, numbers] : subject.aligned_numbers) {
        if (numbers == nullptr) continue;
        for (const std::size_t room : {1U, 3U, 40U}) {
            const doing what("items of alignment " + std::to_string(alignment) +
                             ", requested capacity from " + std::to_string(room));
            placement::clear();
            expect_aligned(numbers, room);
            EXPECT_EQ(placement::mistakes(), 0U)
                << "times an item was somewhere else than its alignment demands";
            if (testing::Test::HasFailure()) return;
        }
    }
}

}  // namespace handoff::conformance
