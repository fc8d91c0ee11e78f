// Whether a small history can be explained by a sequential object: an exhaustive search, as in J. M. Wing and
// C. Gong, "Testing and verifying concurrent objects", JPDC 17, 1993. The order that it must keep is what
// happens before what in the sense of C++, and not that of a clock: no thread can know another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "exploration/explorer/arena.hpp"
#include "exploration/explorer/vector_clock.hpp"

namespace handoff::exploration {

// When an operation ran: what happens before its call, and its return.
struct interval {
    vector_clock before;
    epoch end;

    bool precedes(const interval& other) const { return other.before.covers(end); }
    bool overlaps(const interval& other) const { return !precedes(other) && !other.precedes(*this); }
};

// Model: `bool apply(const Operation&)` says whether the operation may have its result now, and takes effect.
// Operation: has an interval `when`.
template <class Operation, class Model>
class linearization {
public:
    linearization(const std::vector<Operation>& history, const Model& start) : history_(history) {
        for (const Operation& later : history) {
            std::uint64_t earlier = 0;
            for (std::size_t i = 0; i < history.size(); ++i) {
                if (history[i].when.precedes(later.when)) earlier |= std::uint64_t{1} << i;
            }
            earlier_.push_back(earlier);
        }
        exists_ = search(0, start);
    }
    bool exists() const { return exists_; }

private:
    bool search(std::uint64_t done, const Model& model) const {
        bool all_done = true;
        for (std::size_t i = 0; i < history_.size(); ++i) {
            const std::uint64_t bit = std::uint64_t{1} << i;
            if ((done & bit) != 0) continue;
            all_done = false;
            if ((earlier_[i] & ~done) != 0) continue;
            Model next = model;
            if (next.apply(history_[i]) && search(done | bit, next)) return true;
        }
        return all_done;
    }

    const std::vector<Operation>& history_;
    std::vector<std::uint64_t> earlier_;  // of each operation, those that precede it
    bool exists_ = false;
};

template <class Operation, class Model>
bool linearizable(const std::vector<Operation>& history, const Model& start) {
    const arena::outside guard;
    return linearization<Operation, Model>(history, start).exists();
}

}  // namespace handoff::exploration
