// Whether a history is linearizable, by looking for a linearization: exact for every promise below, and
// exponential in the worst case. For small histories, and for those of few threads, of which only few calls
// are concurrent at a time.
//
// J. M. Wing, C. Gong, "Testing and verifying concurrent objects", JPDC 17, 1993, with the memory of
// configurations (calls made, items held) that G. Lowe, "Testing for linearizability", Concurrency and
// Computation 29(4), 2017, describes. A configuration is remembered whole, not as a hash, so that none is
// taken for another.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>

#include "history/operation.hpp"
#include "queue.hpp"

namespace handoff::linearizability {

// What a queue promises of the calls that succeed, and when they may fail: only when full or empty. Calls
// whose failure the spec excuses are taken out of the history before.
struct sequential_queue {
    order delivery = order::fifo;
    std::optional<std::size_t> capacity{};  // none: unbounded
    // k_relaxed: how many items, pushed earlier, a pop may leave behind.
    std::size_t most_overtaken = std::numeric_limits<std::size_t>::max();
};

enum class answer { legal, illegal, undecided };

// undecided: more than `most_configurations` would have to be looked at. Items are unique; there are at most
// 16 threads, `alone` included.
answer search(const history& calls, const sequential_queue& promise, std::size_t most_configurations);

}  // namespace handoff::linearizability
