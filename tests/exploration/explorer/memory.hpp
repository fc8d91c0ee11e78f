// The memory of one execution: what each load may read, by the C++20 model.
//
// Every atomic location keeps all of its stores in modification order. A load may read any of them that
// coherence leaves: not one older than a store that the thread has written, has read, or knows of through
// what happens before it. What a thread knows is its clock (what happens before it) and its floor (per
// location, the oldest store that it may still read). A release hands both over; an acquire that reads from
// it, or from a read-modify-write that goes on its release sequence (C++20: no plain store does), takes them.
//
// A new store need not become the last in modification order: it may be put anywhere after the floor, but
// never between a read-modify-write and the store that it read. So modification order may contradict the
// order of execution (2+2W).
//
// Sequential consistency: the total order S of C++20 is the order in which the operations are executed.
//   - A seq_cst load does not read, and a seq_cst store is not put, before a store that an earlier seq_cst
//     operation of the location wrote or read, or that happened before (or was seen before) an earlier fence.
//   - A seq_cst fence adds to the thread's floor the floors of all earlier seq_cst fences, and what earlier
//     seq_cst operations wrote or read.
// With "coherence-ordered before" of [atomics.order] each rule follows from S being the order of execution,
// so nothing that C++20 forbids is shown. What it allows is shown but for
//   - executions in which a load reads a store that depends on it or follows it (load buffering, values out
//     of thin air): a load reads only what has been executed;
//   - executions in which S contradicts the order of execution, i.e. a read-from of a weaker order leads from
//     a seq_cst operation to one that stands earlier in S (test Z6.U of P0668);
//   - consume, which is taken for acquire as compilers do.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "vector_clock.hpp"

namespace handoff::exploration {

using store_id = std::uint16_t;  // 0: none
inline constexpr std::size_t max_locations = 64;

struct knowledge {
    vector_clock clock;
    std::array<store_id, max_locations> floor{};
};

class memory {
public:
    // A memory without locations; every thread knows nothing.
    void reset();

    // A new location, whose first store is its initial value.
    unsigned create(unsigned thread, std::uint64_t value);

    // The stores that a load may read, the latest first; at least one.
    void readable(unsigned thread, unsigned location, std::memory_order order,
                  std::vector<store_id>& found) const;
    // The stores after which a new one may be put, or which a read-modify-write may read: the latest first.
    void extendable(unsigned thread, unsigned location, std::memory_order order,
                    std::vector<store_id>& found) const;
    bool can_be_extended(unsigned location, store_id store) const;

    std::uint64_t value(store_id store) const { return stores_[store].value; }
    store_id latest(unsigned location) const { return locations_[location].back(); }

    void read(unsigned thread, unsigned location, store_id store, std::memory_order order);
    void write(unsigned thread, unsigned location, store_id after, std::memory_order order,
               std::uint64_t value);
    // Reads `from` and puts its own store right after it.
    void update(unsigned thread, unsigned location, store_id from, std::memory_order order,
                std::uint64_t value);
    void fence(unsigned thread, std::memory_order order);

    // The thread's next event.
    epoch tick(unsigned thread) { return {thread, ++threads_[thread].now.clock.times[thread]}; }
    const vector_clock& clock(unsigned thread) const { return threads_[thread].now.clock; }

    // What the thread knows, to be handed to others by what is no atomic: a mutex, a start, a join.
    const knowledge& known(unsigned thread) const { return threads_[thread].now; }
    void learn(unsigned thread, const knowledge& from) { join(threads_[thread].now, from); }
    void join(knowledge& into, const knowledge& from) const;

private:
    struct store_made {
        std::uint64_t value = 0;
        int position = -1;  // in the location's modification order
        bool is_update = false;
        bool releases = false;
        knowledge released{};  // what an acquire that reads this store learns
    };
    struct thread_memory {
        knowledge now;
        knowledge at_release_fence;  // handed over by stores that do not release themselves
        bool has_release_fence = false;
        knowledge from_relaxed_reads;  // learnt by the next acquire fence
    };

    int floor(unsigned thread, unsigned location, std::memory_order order) const;
    void raise(std::array<store_id, max_locations>& into,
               const std::array<store_id, max_locations>& from) const;
    void insert(unsigned thread, unsigned location, store_id after, std::memory_order order,
                store_made&& added);

    std::vector<store_made> stores_;                // the first stands for none
    std::vector<std::vector<store_id>> locations_;  // modification orders; the vectors are used again
    std::size_t location_count_ = 0;
    std::array<thread_memory, max_threads> threads_;
    // Per location the latest store that a seq_cst operation wrote or read, or that a seq_cst fence knew.
    std::array<store_id, max_locations> sequential_floor_{};
};

}  // namespace handoff::exploration
