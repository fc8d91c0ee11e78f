#include "arena.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace handoff::exploration::arena {

bool in_use = false;

namespace {

constexpr std::size_t room = std::size_t{1} << 20;

struct block {
    std::size_t size;
    bool is_free;
};

// The header lies right before what is handed out.
alignas(4096) std::array<std::byte, room> bytes;
std::size_t used = 0;
std::size_t living = 0;
on_free watcher = nullptr;

void* allocate(std::size_t size, std::size_t alignment) {
    if (alignment < alignof(std::max_align_t)) alignment = alignof(std::max_align_t);
    const std::size_t at = (used + sizeof(block) + alignment - 1) / alignment * alignment;
    if (at + size > room) throw std::bad_alloc();
    used = at + size;
    ++living;
    ::new (&bytes[at - sizeof(block)]) block{size, false};
    return &bytes[at];
}

bool owns(const void* address) {
    const auto value = reinterpret_cast<std::uintptr_t>(address);
    const auto first = reinterpret_cast<std::uintptr_t>(bytes.data());
    return value >= first && value < first + room;
}

void release(void* address) {
    auto* const header =
        std::launder(reinterpret_cast<block*>(static_cast<std::byte*>(address) - sizeof(block)));
    const bool sound = !header->is_free;
    header->is_free = true;
    if (sound) --living;
    if (watcher != nullptr) watcher(address, header->size, sound);
}

void* take(std::size_t size, std::size_t alignment) {
    if (in_use) return allocate(size, alignment);
    const std::size_t whole = (size + alignment - 1) / alignment * alignment;
    void* const memory = alignment <= alignof(std::max_align_t) ? std::malloc(size == 0 ? 1 : size)
                                                                : std::aligned_alloc(alignment, whole);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

void give_back(void* address) {
    if (owns(address)) {
        release(address);
    } else {
        std::free(address);
    }
}

}  // namespace

void reset() {
    used = 0;
    living = 0;
}
std::size_t living_blocks() {
    return living;
}
void watch_frees(on_free called) {
    watcher = called;
}

}  // namespace handoff::exploration::arena

namespace arena = handoff::exploration::arena;

void* operator new(std::size_t size) {
    return arena::take(size, 1);
}
void* operator new[](std::size_t size) {
    return arena::take(size, 1);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    return arena::take(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
    return arena::take(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* address) noexcept {
    arena::give_back(address);
}
void operator delete[](void* address) noexcept {
    arena::give_back(address);
}
void operator delete(void* address, std::size_t) noexcept {
    arena::give_back(address);
}
void operator delete[](void* address, std::size_t) noexcept {
    arena::give_back(address);
}
void operator delete(void* address, std::align_val_t) noexcept {
    arena::give_back(address);
}
void operator delete[](void* address, std::align_val_t) noexcept {
    arena::give_back(address);
}
void operator delete(void* address, std::size_t, std::align_val_t) noexcept {
    arena::give_back(address);
}
void operator delete[](void* address, std::size_t, std::align_val_t) noexcept {
    arena::give_back(address);
}
