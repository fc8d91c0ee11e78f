// Replaces the allocator's functions as the C library's manual allows ("Replacing malloc"), all of them, by
// ones that call the C library's own under its other names. C++'s operators new and delete come by here, too.
//
// Bytes are those that the allocator handed out (malloc_usable_size): what was asked for, rounded up to what
// it has; its own 8 bytes beside each block are not in it. Maps of memory count by whole pages.
//
// A library that is loaded later may bring an allocator whose memory is out of sight here, as TBB loads its
// own where it finds it. So nothing is loaded later: TBB then takes malloc, as its manual says.
#include "allocation_meter.hpp"

#include <dlfcn.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <bit>
#include <cerrno>
#include <cstddef>

extern "C" {
// The C library's allocator under the names that are never replaced.
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void* __libc_valloc(std::size_t size);
void* __libc_pvalloc(std::size_t size);
void __libc_free(void* block);
}

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

std::int64_t size_of(void* block) {
    return static_cast<std::int64_t>(malloc_usable_size(block));
}

void* count(void* block) {
    if (block == nullptr) return nullptr;
    allocations.fetch_add(1, std::memory_order_relaxed);
    add_live(size_of(block));
    return block;
}

std::int64_t whole_pages(std::size_t length) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    return static_cast<std::int64_t>((length + page - 1) / page * page);
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

memory_meter& process_memory() {
    static process_meter meter;
    return meter;
}

}  // namespace handoff

extern "C" {

void* malloc(std::size_t size) noexcept {
    return handoff::count(__libc_malloc(size));
}

void* calloc(std::size_t count, std::size_t size) noexcept {
    return handoff::count(__libc_calloc(count, size));
}

void* realloc(void* block, std::size_t size) noexcept {
    const std::int64_t before = handoff::size_of(block);
    void* const moved = __libc_realloc(block, size);
    // Without a new block the old one is still there, unless nothing was asked for.
    if (moved != nullptr || size == 0) handoff::add_live(-before);
    return handoff::count(moved);
}

void* memalign(std::size_t alignment, std::size_t size) noexcept {
    return handoff::count(__libc_memalign(alignment, size));
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    return handoff::count(__libc_memalign(alignment, size));
}

int posix_memalign(void** block, std::size_t alignment, std::size_t size) noexcept {
    if (alignment % sizeof(void*) != 0 || !std::has_single_bit(alignment)) return EINVAL;
    void* const found = handoff::count(__libc_memalign(alignment, size));
    if (found == nullptr) return ENOMEM;
    *block = found;
    return 0;
}

void* valloc(std::size_t size) noexcept {
    return handoff::count(__libc_valloc(size));
}

void* pvalloc(std::size_t size) noexcept {
    return handoff::count(__libc_pvalloc(size));
}

void free(void* block) noexcept {
    if (block == nullptr) return;
    handoff::add_live(-handoff::size_of(block));
    __libc_free(block);
}

void* mmap(void* address, std::size_t length, int protection, int flags, int file, off_t offset) noexcept {
    const long found = syscall(SYS_mmap, address, length, protection, flags, file, offset);
    void* const mapped = reinterpret_cast<void*>(found);
    if (mapped != MAP_FAILED) {
        handoff::allocations.fetch_add(1, std::memory_order_relaxed);
        handoff::add_live(handoff::whole_pages(length));
    }
    return mapped;
}

void* mmap64(void* address, std::size_t length, int protection, int flags, int file,
             off64_t offset) noexcept {
    return mmap(address, length, protection, flags, file, offset);
}

int munmap(void* address, std::size_t length) noexcept {
    const int result = static_cast<int>(syscall(SYS_munmap, address, length));
    if (result == 0) handoff::add_live(-handoff::whole_pages(length));
    return result;
}

void* dlopen(const char* file, int mode) noexcept {
    using opener = void* (*)(const char*, int);
    static const auto open = reinterpret_cast<opener>(dlsym(RTLD_NEXT, "dlopen"));
    // A file that is not there, so that dlerror() says why.
    return open(file == nullptr ? nullptr : "/nonexistent: no library may join a process that is metered",
                mode);
}

}  // extern "C"
