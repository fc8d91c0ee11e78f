// Random histories: legal ones, by carrying out calls one after the other and stretching each around the
// instant at which it took effect; and near-misses, by small changes to legal ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>

#include "checkers/order_free.hpp"
#include "checkers/search.hpp"
#include "history/operation.hpp"

namespace handoff::linearizability::testing {

using random_source = std::mt19937_64;

// HANDOFF_SEED, or one that differs from run to run; printed on first use.
std::uint64_t test_seed();

// A number in [0, bound).
std::uint64_t below(random_source& random, std::uint64_t bound);

struct recipe {
    sequential_queue queue;
    std::size_t threads = 3;
    std::size_t calls = 10;
    std::uint64_t push_percent = 50;
    std::uint64_t stretch = 6;  // how far a call may reach beyond its instant; instants are 1 to 3 apart
    std::uint64_t spurious_percent = 0;  // calls that fail without cause, unless made alone
};

// A legal history of a queue with these promises.
history legal_queue_history(random_source& random, const recipe& how);

// A legal history of a counter: adds of 1, and reads.
history legal_counter_history(random_source& random, const recipe& how);

// The same between two parts that are made alone: one that may fill the queue, one that empties it; or one
// that reads the counter. The calls of each thread stand together, as recorders give them.
burst_record legal_queue_burst(random_source& random, const recipe& how);
burst_record legal_counter_burst(random_source& random, const recipe& how);

// Changes one thing that keeps the history well-formed: two results change places, a call fails or succeeds
// after all, an interval moves. Often what comes out is illegal.
void change_queue_history(random_source& random, history& calls);
void change_counter_history(random_source& random, history& calls);

// The same of bursts. Their last call stays: a drain ends when it finds the queue empty.
void change_queue_burst(random_source& random, burst_record& burst);

}  // namespace handoff::linearizability::testing
