// What can be judged of a burst that was recorded without stamps: no more than each thread's own order, and
// that the calls made alone came before or after all others. For machines whose clocks cannot be trusted, and
// because taking stamps hides some bugs.
#pragma once

#include "checkers/queue_checker.hpp"
#include "counter.hpp"

namespace handoff::linearizability {

// A burst in its three parts; the first and the last were made alone.
struct burst_record {
    history before;
    history during;
    history after;

    history all() const;
};

//   - every item came out exactly once, once the queue was drained alone
//   - where the promise is FIFO or FIFO per producer: each thread popped each producer's items in the order
//     of their pushes
//   - alone, a push failed only on a full queue and a pop only on an empty one
finding check_without_stamps(const burst_record& burst, const queue_promise& promise);

// The same of a counter: a thread's reads return at least what it has added itself, and, where the counter is
// exact, never fall; the read made alone at the end returns the number of all adds.
finding check_counter_without_stamps(const burst_record& burst, read_guarantee promise);

}  // namespace handoff::linearizability
