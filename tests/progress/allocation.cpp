#include "allocation.hpp"

#include <errno.h>

#include <cstddef>
#include <cstdlib>
#include <new>

#include "stop.hpp"

namespace handoff::stalls {
namespace {

thread_local std::uint64_t until_failure = 0;  // 0: none is to fail
thread_local bool failed = false;
thread_local std::int64_t held = 0;

bool fails_now() {
    if (until_failure == 0 || --until_failure > 0) return false;
    failed = true;
    return true;
}

void* counted(void* block) {
    if (block != nullptr) ++held;
    return block;
}

}  // namespace

failing_allocation::failing_allocation(std::uint64_t nth) {
    failed = false;
    until_failure = nth;
}

failing_allocation::~failing_allocation() {
    until_failure = 0;
}

bool failing_allocation::happened() const {
    return failed;
}

std::int64_t blocks_held() {
    return held;
}

}  // namespace handoff::stalls

// The linker turns a call of malloc into one of __wrap_malloc and __real_malloc into malloc; the names are
// its.
extern "C" {
void* __real_malloc(std::size_t size);
void* __real_calloc(std::size_t count, std::size_t size);
void* __real_realloc(void* block, std::size_t size);
void* __real_aligned_alloc(std::size_t alignment, std::size_t size);
int __real_posix_memalign(void** block, std::size_t alignment, std::size_t size);
void __real_free(void* block);

void* __wrap_malloc(std::size_t size) {
    const handoff::stalls::unstoppable here;
    return handoff::stalls::fails_now() ? nullptr : handoff::stalls::counted(__real_malloc(size));
}

void* __wrap_calloc(std::size_t count, std::size_t size) {
    const handoff::stalls::unstoppable here;
    return handoff::stalls::fails_now() ? nullptr : handoff::stalls::counted(__real_calloc(count, size));
}

void* __wrap_realloc(void* block, std::size_t size) {
    const handoff::stalls::unstoppable here;
    if (handoff::stalls::fails_now()) return nullptr;
    void* const moved = __real_realloc(block, size);
    return block == nullptr ? handoff::stalls::counted(moved) : moved;
}

void* __wrap_aligned_alloc(std::size_t alignment, std::size_t size) {
    const handoff::stalls::unstoppable here;
    return handoff::stalls::fails_now() ? nullptr
                                        : handoff::stalls::counted(__real_aligned_alloc(alignment, size));
}

int __wrap_posix_memalign(void** block, std::size_t alignment, std::size_t size) {
    const handoff::stalls::unstoppable here;
    if (handoff::stalls::fails_now()) return ENOMEM;
    const int error = __real_posix_memalign(block, alignment, size);
    if (error == 0) handoff::stalls::counted(*block);
    return error;
}

void __wrap_free(void* block) {
    const handoff::stalls::unstoppable here;
    if (block != nullptr) --handoff::stalls::held;
    __real_free(block);
}
}

namespace {

void* allocated(std::size_t size) {
    return std::malloc(size == 0 ? 1 : size);
}

void* allocated(std::size_t size, std::align_val_t alignment) {
    const auto boundary = static_cast<std::size_t>(alignment);
    // aligned_alloc asks for a multiple of the alignment.
    const std::size_t rounded = (size + boundary - 1) / boundary * boundary;
    return std::aligned_alloc(boundary, rounded == 0 ? boundary : rounded);
}

}  // namespace

// libstdc++'s own operators are in a shared library, where --wrap does not reach. Those of arrays call these.
// Those that return null are replaced as well: AddressSanitizer has its own, and free must not get their
// blocks.
void* operator new(std::size_t size) {
    if (void* const block = allocated(size)) return block;
    throw std::bad_alloc();
}

void* operator new(std::size_t size, std::align_val_t alignment) {
    if (void* const block = allocated(size, alignment)) return block;
    throw std::bad_alloc();
}

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return allocated(size);
}

void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
    return allocated(size, alignment);
}

void operator delete(void* block) noexcept {
    std::free(block);
}
void operator delete(void* block, std::size_t) noexcept {
    std::free(block);
}
void operator delete(void* block, std::align_val_t) noexcept {
    std::free(block);
}
void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
    std::free(block);
}
