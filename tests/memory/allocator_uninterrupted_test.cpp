// No thread is interrupted in the allocator: what happens in an interruption may allocate, which would wait
// for ever, or break the heap, if the thread were in the middle of malloc or free.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <thread>

#include "harness/machine/interrupt.hpp"

namespace handoff {
namespace {

using namespace std::chrono_literals;

constexpr int enough = 3000;

class allocating final : public interruption {
public:
    void happens() override {
        void* volatile block = std::malloc(5000);  // volatile: else the compiler leaves both calls out
        std::free(block);
        if (++times < enough) self->interrupt_after(10us);
    }
    interruptible* self = nullptr;
    std::atomic<int> times = 0;
};

TEST(allocator_uninterrupted_test, who_is_interrupted_is_not_in_the_allocator) {
    std::atomic<bool> over = false;
    std::thread other([&] { over.wait(false); });  // with one thread only the allocator would take no lock
    allocating what;
    interruptible self(what);
    what.self = &self;
    self.interrupt_after(10us);
    std::array<void*, 64> held{};
    for (std::size_t i = 0; what.times < enough; ++i) {
        void*& place = held[i % held.size()];
        std::free(place);
        place = std::malloc(2000 + i % 4000);  // beyond what a thread keeps for itself
    }
    for (void* const block : held) std::free(block);
    EXPECT_EQ(what.times, enough);
    over = true;
    over.notify_one();
    other.join();
}

}  // namespace
}  // namespace handoff
