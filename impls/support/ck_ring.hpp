// Concurrency Kit's ring, which is C: one of its functions returns `false` where it means a null pointer,
// which C++ does not take (ck_ring.h, _ck_ring_enqueue_reserve_mp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wkeyword-macro"
#endif
#define false 0
#include <ck_ring.h>
#undef false
#if defined(__clang__)
#pragma clang diagnostic pop
#endif

#include <algorithm>
#include <bit>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "first_index.hpp"

namespace handoff {

// The ring and its slots, for a T that can be copied as bytes, as the library does.
template <class T>
class ck_ring_of {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    // The library keeps one slot free, and takes powers of two.
    ck_ring_of(std::size_t capacity, first_index first)
        : size_(checked_size(capacity)), slots_(std::make_unique_for_overwrite<slot[]>(size_)) {
        ck_ring_init(&ring_, size_);
        ring_.c_head = ring_.p_head = ring_.p_tail = static_cast<unsigned>(first.value);
    }

    std::size_t capacity() const { return size_ - 1; }

    bool push_by_one(const T& value) {
        return ck_ring_enqueue_spsc_slots(&ring_, slots_.get(), bytes(value));
    }
    bool pop_by_one(T& value) { return ck_ring_dequeue_spsc_slots(&ring_, slots_.get(), bytes(value)); }

    // Through a copy: a pop that loses to another one and then finds the ring empty has written to its
    // argument.
    bool pop_by_many(T& value) {
        slot taken;
        if (!ck_ring_dequeue_spmc_slots(&ring_, slots_.get(), &taken)) return false;
        value = std::bit_cast<T>(taken);
        return true;
    }

private:
    struct slot {
        alignas(T) std::byte bytes[sizeof(T)];
    };
    CK_RING_PROTOTYPE(slots, slot)  // the functions of the library for this type

    // The library copies bytes from it or to it.
    static slot* bytes(const T& value) { return reinterpret_cast<slot*>(const_cast<T*>(&value)); }

    static unsigned checked_size(std::size_t capacity) {
        constexpr std::size_t limit = std::numeric_limits<unsigned>::max() / 2;
        if (capacity > limit)
            throw std::length_error("ck_ring: capacity " + std::to_string(capacity) +
                                    " is too large; valid: 0 to " + std::to_string(limit));
        return static_cast<unsigned>(std::bit_ceil(std::max<std::size_t>(capacity, 1) + 1));
    }

    ck_ring ring_;
    const unsigned size_;
    const std::unique_ptr<slot[]> slots_;
};

}  // namespace handoff
