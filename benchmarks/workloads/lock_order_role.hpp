// The deadlock among the pitfalls of threads: two threads that need two locks each, try by try.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "harness/sample.hpp"

namespace handoff {

//   opposite_order  each thread takes first the lock that the other takes second: the fault
//   same_order      both take them in the same order: one cure
//   scoped_lock     in opposite orders by std::scoped_lock, which waits for no lock while it holds one: the
//   other
enum class lock_order { opposite_order, same_order, scoped_lock };

inline constexpr std::array<std::string_view, 3> lock_order_names = {"opposite_order", "same_order",
                                                                     "scoped_lock"};

constexpr std::string_view name_of(lock_order order) {
    return lock_order_names[static_cast<std::size_t>(order)];
}

struct lock_order_plan {
    run_settings settings{};
    lock_order order = lock_order::opposite_order;
    std::size_t tries = 200;
};

// Verified: the fault must deadlock within the tries, and be told with the names of both threads and both
// locks; the cures never; and whoever has both locks is alone.
outcome run_lock_order(const lock_order_plan& plan);

}  // namespace handoff
