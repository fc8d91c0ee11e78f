// std::atomic as the explorer sees it. As large as its value, so that what is said of layouts holds here too;
// all that is known of it lies in the execution, by its address.
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "execution.hpp"
#include "plain.hpp"

namespace handoff::exploration {

inline constexpr std::memory_order seq_cst = std::memory_order_seq_cst;

// What a compare-exchange with one order reads with when it fails ([atomics.types.operations]).
constexpr std::memory_order failure_order(std::memory_order order) {
    if (order == std::memory_order_acq_rel) return std::memory_order_acquire;
    if (order == std::memory_order_release) return std::memory_order_relaxed;
    return order;
}

template <class T>
class atomic {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= sizeof(std::uint64_t));

public:
    using value_type = T;

    atomic() noexcept : atomic(T{}) {}
    atomic(T value) noexcept : place_(value) { running().create_atomic(this, bits(value)); }
    atomic(const atomic&) = delete;
    atomic& operator=(const atomic&) = delete;
    ~atomic() { running().destroy_atomic(this); }

    T load(std::memory_order order = seq_cst, const char* file = __builtin_FILE(),
           int line = __builtin_LINE()) const noexcept {
        return value(running().load(this, order, {file, line}));
    }
    void store(T desired, std::memory_order order = seq_cst, const char* file = __builtin_FILE(),
               int line = __builtin_LINE()) noexcept {
        running().store(this, bits(desired), order, {file, line});
    }
    T exchange(T desired, std::memory_order order = seq_cst, const char* file = __builtin_FILE(),
               int line = __builtin_LINE()) noexcept {
        return update(order, {file, line}, [desired](T) { return desired; });
    }

    bool compare_exchange_weak(T& expected, T desired, std::memory_order order = seq_cst,
                               const char* file = __builtin_FILE(), int line = __builtin_LINE()) noexcept {
        return compare_exchange(expected, {bits(desired), order, failure_order(order), true}, {file, line});
    }
    bool compare_exchange_weak(T& expected, T desired, std::memory_order success, std::memory_order failure,
                               const char* file = __builtin_FILE(), int line = __builtin_LINE()) noexcept {
        return compare_exchange(expected, {bits(desired), success, failure, true}, {file, line});
    }
    bool compare_exchange_strong(T& expected, T desired, std::memory_order order = seq_cst,
                                 const char* file = __builtin_FILE(), int line = __builtin_LINE()) noexcept {
        return compare_exchange(expected, {bits(desired), order, failure_order(order), false}, {file, line});
    }
    bool compare_exchange_strong(T& expected, T desired, std::memory_order success, std::memory_order failure,
                                 const char* file = __builtin_FILE(), int line = __builtin_LINE()) noexcept {
        return compare_exchange(expected, {bits(desired), success, failure, false}, {file, line});
    }

    T fetch_add(T n, std::memory_order order = seq_cst, const char* file = __builtin_FILE(),
                int line = __builtin_LINE()) noexcept requires std::integral<T> {
        return update(order, {file, line}, [n](T old) { return sum(old, n); });
    }
    T fetch_sub(T n, std::memory_order order = seq_cst, const char* file = __builtin_FILE(),
                int line = __builtin_LINE()) noexcept requires std::integral<T> {
        return update(order, {file, line}, [n](T old) { return sum(old, sum(0, n, true)); });
    }
    T fetch_or(T mask, std::memory_order order = seq_cst, const char* file = __builtin_FILE(),
               int line = __builtin_LINE()) noexcept requires std::integral<T> {
        return update(order, {file, line}, [mask](T old) { return static_cast<T>(old | mask); });
    }

private:
    // Wraps round, as atomic arithmetic does.
    static T sum(T a, T b, bool negate = false) {
        const std::uint64_t second = negate ? 0 - bits(b) : bits(b);
        return value(bits(a) + second);
    }

    static std::uint64_t bits(T value) {
        std::uint64_t whole = 0;
        std::memcpy(&whole, &value, sizeof(T));
        return whole;
    }
    static T value(std::uint64_t whole) {
        T value;
        std::memcpy(&value, &whole, sizeof(T));
        return value;
    }

    template <class Change>
    T update(std::memory_order order, place where, Change change) noexcept {
        const T old = value(running().begin_update(this, order, where));
        running().end_update(bits(change(old)));
        return old;
    }

    bool compare_exchange(T& expected, const execution::exchange& how, place where) noexcept {
        std::uint64_t seen = bits(expected);
        const bool done = running().compare_exchange(this, seen, how, where);
        expected = value(seen);
        return done;
    }

    [[maybe_unused]] T place_;  // only takes the room
};

inline void atomic_thread_fence(std::memory_order order, const char* file = __builtin_FILE(),
                                int line = __builtin_LINE()) noexcept {
    running().fence(order, {file, line});
}

}  // namespace handoff::exploration
