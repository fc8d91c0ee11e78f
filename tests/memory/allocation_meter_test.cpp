// The meter counts what is known to have been taken and given back: each way to do so, and several threads.
#include "workloads/allocation_meter.hpp"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

namespace handoff {
namespace {

// What a piece of code did to the process's memory. Nothing else may run meanwhile, gtest included.
class since {
public:
    since() {
        process_memory().restart_peak();
        before_ = process_memory().read();
    }
    std::int64_t live() const { return process_memory().read().live_bytes - before_.live_bytes; }
    std::int64_t peak() const { return process_memory().read().peak_bytes - before_.live_bytes; }
    std::uint64_t allocations() const { return process_memory().read().allocations - before_.allocations; }

private:
    memory_use before_;
};

// Through here the compiler does not see that a block is never used.
template <class T>
T* escaped(T* pointer) {
    asm volatile("" : "+r"(pointer) : : "memory");
    return pointer;
}

std::int64_t usable(void* block) {
    return static_cast<std::int64_t>(malloc_usable_size(block));
}

struct alignas(256) over_aligned {
    char bytes[256];
};

// Takes a block, asks the meter, gives the block back, and asks again.
template <class Take, class Give>
void expect_one_allocation(const char* what, Take take, Give give) {
    const since start;
    void* const block = escaped(take());
    const std::int64_t live = start.live();
    const std::uint64_t allocations = start.allocations();
    const std::int64_t size = usable(block);
    give(block);
    const std::int64_t left = start.live();
    const std::int64_t peak = start.peak();
    EXPECT_EQ(live, size) << what;
    EXPECT_GE(size, 1000) << what;
    EXPECT_EQ(allocations, 1u) << what;
    EXPECT_EQ(left, 0) << what;
    EXPECT_EQ(peak, size) << what;
}

TEST(allocation_meter_test, counts_each_way_to_take_a_block) {
    const auto give = [](void* block) { std::free(block); };
    expect_one_allocation(
        "malloc", [] { return std::malloc(1000); }, give);
    expect_one_allocation(
        "calloc", [] { return std::calloc(10, 100); }, give);
    expect_one_allocation(
        "realloc", [] { return std::realloc(nullptr, 1000); }, give);
    expect_one_allocation(
        "aligned_alloc", [] { return std::aligned_alloc(256, 1024); }, give);
    expect_one_allocation(
        "memalign", [] { return memalign(256, 1000); }, give);
    expect_one_allocation(
        "valloc", [] { return valloc(1000); }, give);
    expect_one_allocation(
        "pvalloc", [] { return pvalloc(1000); }, give);
    expect_one_allocation(
        "posix_memalign",
        [] {
            void* block = nullptr;
            return posix_memalign(&block, 256, 1000) == 0 ? block : nullptr;
        },
        give);
    expect_one_allocation(
        "new", [] { return static_cast<void*>(new char[1000]); },
        [](void* block) { delete[] static_cast<char*>(block); });
    expect_one_allocation(
        "over-aligned new", [] { return static_cast<void*>(new over_aligned[4]); },
        [](void* block) { delete[] static_cast<over_aligned*>(block); });
}

TEST(allocation_meter_test, counts_a_block_once_that_grows_and_shrinks) {
    const since start;
    void* block = escaped(std::malloc(100));
    block = escaped(std::realloc(block, 100'000));
    const std::int64_t large = start.live() - usable(block);
    block = escaped(std::realloc(block, 10));
    const std::int64_t small = start.live() - usable(block);
    const std::uint64_t allocations = start.allocations();
    std::free(block);
    const std::int64_t left = start.live();
    EXPECT_EQ(large, 0);
    EXPECT_EQ(small, 0);
    EXPECT_EQ(allocations, 3u);
    EXPECT_EQ(left, 0);
    EXPECT_GE(start.peak(), 100'000);
}

TEST(allocation_meter_test, a_refusal_changes_nothing) {
    void* const block = std::malloc(100);
    void* const kept = escaped(block);  // the compiler takes what realloc was given for gone, refused or not
    volatile std::size_t too_much = PTRDIFF_MAX;
    const since start;
    void* const none = escaped(std::malloc(too_much));
    void* const not_moved = escaped(std::realloc(block, too_much));
    void* unset = nullptr;
    const int no_power_of_two = posix_memalign(&unset, 24, 100);
    const int no_memory = posix_memalign(&unset, 64, too_much);
    const std::int64_t live = start.live();
    const std::uint64_t allocations = start.allocations();
    std::free(nullptr);
    std::free(kept);
    EXPECT_EQ(none, nullptr);
    EXPECT_EQ(not_moved, nullptr);
    EXPECT_EQ(unset, nullptr);
    EXPECT_EQ(no_power_of_two, EINVAL);
    EXPECT_EQ(no_memory, ENOMEM);
    EXPECT_EQ(live, 0);
    EXPECT_EQ(allocations, 0u);
}

TEST(allocation_meter_test, maps_count_by_whole_pages) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const since start;
    void* const mapped =
        mmap(nullptr, 3 * page + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const std::int64_t live = start.live();
    const int unmapped = munmap(mapped, 3 * page + 1);
    const std::int64_t left = start.live();
    const std::uint64_t allocations = start.allocations();
    void* const refused = mmap(nullptr, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const int why = errno;
    EXPECT_NE(mapped, MAP_FAILED);
    EXPECT_EQ(live, static_cast<std::int64_t>(4 * page));
    EXPECT_EQ(unmapped, 0);
    EXPECT_EQ(left, 0);
    EXPECT_EQ(allocations, 1u);
    EXPECT_EQ(refused, MAP_FAILED);
    EXPECT_EQ(why, EINVAL);
    EXPECT_EQ(start.live(), left);
}

// Each thread takes blocks, gives every other one back, and leaves the rest to be given back by another.
TEST(allocation_meter_test, several_threads_add_up_exactly) {
    constexpr unsigned threads = 4;
    constexpr unsigned blocks = 10'000;
    std::vector<std::vector<void*>> kept(threads, std::vector<void*>(blocks / 2));
    std::vector<memory_use> used(threads);
    std::vector<std::thread> team;
    team.reserve(threads);
    // A thread's own start takes memory (its state, its thread-local storage): known by starting as many.
    const auto run = [&](auto body) {
        for (unsigned i = 0; i < threads; ++i) team.emplace_back(body, i);
        for (std::thread& one : team) one.join();
        team.clear();
    };
    run([](unsigned) {});
    const since idle;
    run([](unsigned) {});
    const std::uint64_t to_start = idle.allocations();
    const std::int64_t left_by_starting = idle.live();

    const since start;
    run([&kept](unsigned i) {
        for (unsigned n = 0; n < blocks; ++n) {
            void* const block = escaped(std::malloc(16 + n % 512));
            if (n % 2 == 0) {
                kept[i][n / 2] = block;
            } else {
                std::free(block);
            }
        }
    });
    const std::int64_t live = start.live();
    const std::uint64_t allocations = start.allocations();
    std::int64_t known = 0;
    for (const auto& of_one : kept)
        for (void* const block : of_one) known += usable(block);
    run([&kept](unsigned i) {
        for (void* const block : kept[(i + 1) % threads]) std::free(block);
    });
    EXPECT_EQ(left_by_starting, 0);
    EXPECT_EQ(live, known);
    EXPECT_EQ(allocations, threads * blocks + to_start);
    EXPECT_GE(start.peak(), known);
    EXPECT_EQ(start.live(), 0);
}

TEST(allocation_meter_test, no_library_joins_later_and_the_reason_is_told) {
    EXPECT_EQ(dlopen("libtbbmalloc.so.2", RTLD_NOW), nullptr);
    const char* const why = dlerror();
    ASSERT_NE(why, nullptr);
    EXPECT_NE(std::string(why).find("no library may join"), std::string::npos) << why;
    void* const itself = dlopen(nullptr, RTLD_NOW);
    EXPECT_NE(itself, nullptr);
}

}  // namespace
}  // namespace handoff
