// std::atomic for orders that are known only as the program runs, since a fault may have weakened them. g++
// takes every order that is no constant for sequentially consistent, and the fault would be gone: so each
// becomes a constant here. Where no order is ever weakened, what is inherited will do.
#pragma once

#include <atomic>

namespace handoff::mutants {

template <class T>
class atomic : public std::atomic<T> {
    using original = std::atomic<T>;

public:
    using original::original;

    T load(std::memory_order order = std::memory_order_seq_cst) const noexcept {
        if (order == std::memory_order_relaxed) return original::load(std::memory_order_relaxed);
        if (order == std::memory_order_acquire) return original::load(std::memory_order_acquire);
        return original::load();
    }
    void store(T value, std::memory_order order = std::memory_order_seq_cst) noexcept {
        if (order == std::memory_order_relaxed) return original::store(value, std::memory_order_relaxed);
        if (order == std::memory_order_release) return original::store(value, std::memory_order_release);
        original::store(value);
    }
    T exchange(T value, std::memory_order order = std::memory_order_seq_cst) noexcept {
        if (order == std::memory_order_relaxed) return original::exchange(value, std::memory_order_relaxed);
        if (order == std::memory_order_acquire) return original::exchange(value, std::memory_order_acquire);
        return original::exchange(value);
    }

    bool compare_exchange_weak(T& expected, T value,
                               std::memory_order order = std::memory_order_seq_cst) noexcept {
        if (order == std::memory_order_relaxed)
            return original::compare_exchange_weak(expected, value, std::memory_order_relaxed);
        if (order == std::memory_order_acquire)
            return original::compare_exchange_weak(expected, value, std::memory_order_acquire);
        if (order == std::memory_order_release)
            return original::compare_exchange_weak(expected, value, std::memory_order_release);
        return original::compare_exchange_weak(expected, value);
    }
};

// Only full fences stand in our sources; a relaxed one is none.
inline void atomic_thread_fence(std::memory_order order) noexcept {
    if (order == std::memory_order_seq_cst) std::atomic_thread_fence(std::memory_order_seq_cst);
}

}  // namespace handoff::mutants
