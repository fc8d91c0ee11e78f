// Bytes are those that the allocator handed out (malloc_usable_size): what was asked for, rounded up to what
// it has; its own 8 bytes beside each block are not in it. Maps of memory count by whole pages.
#include "allocation_meter.hpp"

#include <malloc.h>

#include <atomic>
#include <cstddef>

#include "replaced_allocator.hpp"

namespace handoff {
namespace {

// Ready before any constructor runs: the first allocations of a process come before those.
// relaxed, all of them: each is a number of its own, and is exact when read while no thread allocates.
constinit std::atomic<std::int64_t> live{0};
constinit std::atomic<std::int64_t> peak{0};
constinit std::atomic<std::uint64_t> allocations{0};

void add_live(std::int64_t bytes) {
    const std::int64_t now = live.fetch_add(bytes, std::memory_order_relaxed) + bytes;
    std::int64_t highest = peak.load(std::memory_order_relaxed);
    while (highest < now && !peak.compare_exchange_weak(highest, now, std::memory_order_relaxed)) {
    }
}

class process_meter : public memory_meter {
public:
    memory_use read() const override {
        return {live.load(std::memory_order_relaxed), peak.load(std::memory_order_relaxed),
                allocations.load(std::memory_order_relaxed)};
    }
    void restart_peak() override {
        peak.store(live.load(std::memory_order_relaxed), std::memory_order_relaxed);
    }
};

}  // namespace

allocator_call::allocator_call() = default;
allocator_call::~allocator_call() = default;

void* took(void* block) {
    if (block != nullptr) mapped(malloc_usable_size(block));
    return block;
}

void mapped(std::size_t bytes) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    add_live(static_cast<std::int64_t>(bytes));
}

void gave_back(std::size_t bytes) {
    add_live(-static_cast<std::int64_t>(bytes));
}

memory_meter& process_memory() {
    static process_meter meter;
    return meter;
}

}  // namespace handoff
