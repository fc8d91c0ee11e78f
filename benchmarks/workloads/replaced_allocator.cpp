// Replaces the allocator's functions as the C library's manual allows ("Replacing malloc"), all of them, by
// ones that call the C library's own under its other names. C++'s operators new and delete come by here, too.
//
// A library that is loaded later may bring an allocator whose memory is out of sight here, as TBB loads its
// own where it finds it. So nothing is loaded later: TBB then takes malloc, as its manual says.
#include "replaced_allocator.hpp"

#include <dlfcn.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bit>
#include <cerrno>

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

std::size_t whole_pages(std::size_t length) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    return (length + page - 1) / page * page;
}

}  // namespace
}  // namespace handoff

extern "C" {

void* malloc(std::size_t size) noexcept {
    const handoff::allocator_call here;
    return handoff::took(__libc_malloc(size));
}

void* calloc(std::size_t count, std::size_t size) noexcept {
    const handoff::allocator_call here;
    return handoff::took(__libc_calloc(count, size));
}

void* realloc(void* block, std::size_t size) noexcept {
    const handoff::allocator_call here;
    const std::size_t before = block == nullptr ? 0 : malloc_usable_size(block);
    void* const moved = __libc_realloc(block, size);
    // Without a new block the old one is still there, unless nothing was asked for.
    if (moved != nullptr || size == 0) handoff::gave_back(before);
    return handoff::took(moved);
}

void* memalign(std::size_t alignment, std::size_t size) noexcept {
    const handoff::allocator_call here;
    return handoff::took(__libc_memalign(alignment, size));
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    const handoff::allocator_call here;
    return handoff::took(__libc_memalign(alignment, size));
}

int posix_memalign(void** block, std::size_t alignment, std::size_t size) noexcept {
    if (alignment % sizeof(void*) != 0 || !std::has_single_bit(alignment)) return EINVAL;
    const handoff::allocator_call here;
    void* const found = handoff::took(__libc_memalign(alignment, size));
    if (found == nullptr) return ENOMEM;
    *block = found;
    return 0;
}

void* valloc(std::size_t size) noexcept {
    const handoff::allocator_call here;
    return handoff::took(__libc_valloc(size));
}

void* pvalloc(std::size_t size) noexcept {
    const handoff::allocator_call here;
    return handoff::took(__libc_pvalloc(size));
}

void free(void* block) noexcept {
    if (block == nullptr) return;
    const handoff::allocator_call here;
    handoff::gave_back(malloc_usable_size(block));
    __libc_free(block);
}

void* mmap(void* address, std::size_t length, int protection, int flags, int file, off_t offset) noexcept {
    const long found = syscall(SYS_mmap, address, length, protection, flags, file, offset);
    void* const mapped = reinterpret_cast<void*>(found);
    if (mapped != MAP_FAILED) handoff::mapped(handoff::whole_pages(length));
    return mapped;
}

void* mmap64(void* address, std::size_t length, int protection, int flags, int file,
             off64_t offset) noexcept {
    return mmap(address, length, protection, flags, file, offset);
}

int munmap(void* address, std::size_t length) noexcept {
    const int result = static_cast<int>(syscall(SYS_munmap, address, length));
    if (result == 0) handoff::gave_back(handoff::whole_pages(length));
    return result;
}

void* dlopen(const char* file, int mode) noexcept {
    using opener = void* (*)(const char*, int);
    static const auto open = reinterpret_cast<opener>(dlsym(RTLD_NEXT, "dlopen"));
    // A file that is not there, so that dlerror() says why.
    return open(
        file == nullptr ? nullptr : "/nonexistent: no library may join a process whose allocator is replaced",
        mode);
}

}  // extern "C"
