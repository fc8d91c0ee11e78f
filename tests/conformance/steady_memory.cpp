#include <gtest/gtest.h>
#include <malloc.h>

#include <atomic>
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

#include "build.hpp"
#include "tests.hpp"
#include "time_box.hpp"
#include "transfer.hpp"

#if defined(HANDOFF_SANITIZED)
// As <sanitizer/allocator_interface.h> declares it, which comes with clang and not with g++.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#endif

namespace handoff::conformance {
namespace {

// What the allocator has given out and not got back.
std::size_t bytes_in_use() {
#if defined(HANDOFF_SANITIZED)
    return __sanitizer_get_current_allocated_bytes();
#else
    const struct mallinfo2 heap = mallinfo2();
    return heap.uordblks + heap.hblkhd;
#endif
}

// Far more than the caches of the allocator and of queues take up between two looks, once they are warm; and
// far less than a queue that keeps a byte of each item.
constexpr std::size_t most_growth = 64 * 1024;

// So many items pass a queue that holds but a few: by as many threads as the spec allows, up to two at each
// end, or by one.
class steady_use {
public:
    steady_use(const queue_under_test& subject, bool alone)
        : queue_(subject.numbers(16)),
          alone_(alone),
          producers_(subject.spec->producers == cardinality::many ? 2 : 1),
          consumers_(subject.spec->consumers == cardinality::many ? 2 : 1) {}

    void pass(std::size_t items) { alone_ ? pass_alone(items) : pass_between_threads(items); }

private:
    static constexpr std::int64_t most_held = 16;
    static constexpr std::chrono::milliseconds longest{300};

    void pass_alone(std::size_t items) {
        const auto producer = queue_->producer();
        const auto consumer = queue_->consumer();
        for (std::size_t i = 0; i < items; ++i) {
            ASSERT_TRUE(producer->try_push(number{i}));
            if (i % most_held != most_held - 1) continue;
            for (number value = untouched; consumer->try_pop(value);) {
            }
        }
    }

    void pass_between_threads(std::size_t items) {
        std::atomic<std::int64_t> to_push = static_cast<std::int64_t>(items);
        std::atomic<std::int64_t> to_pop = to_push.load();
        std::atomic<unsigned> pushing = producers_;
        run_threads(producers_ + consumers_, [&](unsigned self) {
            if (self < producers_) {
                const auto producer = queue_->producer();
                time_box box(longest);
                while (!box.is_over() && to_push.fetch_sub(1) > 0) {
                    while (to_pop - to_push > most_held || !producer->try_push(number{self})) give_way();
                }
                --pushing;
                return;
            }
            const auto consumer = queue_->consumer();
            for (bool last = false; !last;) {
                last = pushing == 0;
                for (number value = untouched; consumer->try_pop(value); last = false) --to_pop;
                give_way();
            }
        });
    }

    const std::unique_ptr<any_queue<number>> queue_;
    const bool alone_;
    const unsigned producers_;
    const unsigned consumers_;
};

void expect_levelling(const queue_under_test& subject, bool alone, std::size_t items) {
    const doing what(alone ? "one thread" : "several threads");
    steady_use use(subject, alone);
    use.pass(items / 2);
    const std::size_t before = bytes_in_use();
    for (int phase = 0; phase < 2; ++phase) use.pass(items);
    const std::size_t after = bytes_in_use();
    const std::size_t growth = after > before ? after - before : 0;
    EXPECT_LE(growth, most_growth) << "bytes: the memory in use has grown by so much while " << 2 * items
                                   << " items went in and came out again, with up to a few held at a time, "
                                   << growth / (2 * items) << " for each";
}

}  // namespace

void memory_levels_off(const queue_under_test& subject) {
    expect_levelling(subject, true, 100'000);
    if (!testing::Test::HasFailure()) expect_levelling(subject, false, scaled(80'000, 40'000));
}

}  // namespace handoff::conformance
