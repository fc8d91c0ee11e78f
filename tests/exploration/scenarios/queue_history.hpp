// What the threads of a scenario did to a queue, and whether a queue of its spec may do so.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <vector>

#include "exploration/explorer/execution.hpp"
#include "linearizable.hpp"
#include "queue.hpp"

namespace handoff::exploration {

enum class call { try_push, push, try_pop, pop, pop_for, close };

struct queue_operation {
    call what;
    bool succeeded;
    int value;
    interval when;

    bool is_push() const { return what == call::try_push || what == call::push; }
};

// A FIFO queue, one operation at a time.
struct queue_model {
    std::size_t capacity;
    std::vector<int> items{};
    bool is_closed = false;

    bool apply(const queue_operation& done) {
        const bool is_full = items.size() >= capacity;
        switch (done.what) {
            case call::try_push:
                if (!done.succeeded) return is_full || is_closed;
                break;
            case call::push:
                if (!done.succeeded) return is_closed;
                break;
            case call::try_pop:
            case call::pop_for:
                if (!done.succeeded) return items.empty();
                break;
            case call::pop:
                if (!done.succeeded) return items.empty() && is_closed;
                break;
            case call::close:
                is_closed = true;
                return true;
        }
        if (done.is_push()) {
            if (is_full || is_closed) return false;
            items.push_back(done.value);
            return true;
        }
        if (items.empty() || items.front() != done.value) return false;
        items.erase(items.begin());
        return true;
    }
};

// How failed tries are judged.
//   together    one order explains all that was done
//   one_by_one  for each failed try there is an order that explains it and all that succeeded
// A ring that hands over by release and acquire alone keeps only the second: while the producer still sees
// the old head and the consumer the old tail (as in the store buffering test, and as x86 does it), one finds
// it full after a push and the other, after pops, empty, and each is right for itself.
enum class judged { together, one_by_one };

class queue_history {
public:
    // Notes what `operation` does, which says whether it succeeded and changes `value` if it is a pop.
    template <class Operation>
    bool record(call what, int& value, Operation operation) {
        const vector_clock before = running().clock();
        const bool succeeded = operation();
        operations_.push_back({what, succeeded, value, {before, running().mark()}});
        return succeeded;
    }

    void check(std::size_t capacity, try_failure failures, judged how) {
        const queue_model empty{capacity};
        if (failures == try_failure::in_flight) excuse_failures();
        if (how == judged::together) {
            require(linearizable(operations_, empty), "no FIFO queue gives these results");
            return;
        }
        std::vector<queue_operation> successes;
        std::copy_if(operations_.begin(), operations_.end(), std::back_inserter(successes),
                     [](const queue_operation& o) { return o.succeeded; });
        require(linearizable(successes, empty), "no FIFO queue gives these results");
        for (const queue_operation& o : operations_) {
            if (o.succeeded) continue;
            successes.push_back(o);
            require(linearizable(successes, empty), "no FIFO queue would have failed here");
            successes.pop_back();
        }
    }

private:
    // A try that failed while an operation of the other end was under way says nothing.
    void excuse_failures() {
        std::vector<queue_operation> kept;
        for (const queue_operation& o : operations_) {
            const bool excused =
                !o.succeeded && (o.what == call::try_push || o.what == call::try_pop) &&
                std::any_of(operations_.begin(), operations_.end(), [&o](const queue_operation& other) {
                    return other.is_push() != o.is_push() && other.when.overlaps(o.when);
                });
            if (!excused) kept.push_back(o);
        }
        operations_.swap(kept);
    }

    std::vector<queue_operation> operations_;
};

}  // namespace handoff::exploration
