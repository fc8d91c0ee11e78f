// What the threads of a scenario did to a queue, and whether a queue of its spec may do so.
#pragma once

#include <algorithm>
#include <array>
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

// The producer of an item, by the rule of queue_scenario: each thread numbers its items from ten times its
// own number.
inline int producer_of(int number) {
    return number / 10;
}

// A queue of any order that is tested here, one operation at a time.
struct queue_model {
    std::size_t capacity;
    order delivery = order::fifo;
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
        if (items.empty()) return false;
        const auto due = first_due(done.value);
        if (due == items.end() || *due != done.value) return false;
        items.erase(due);
        return true;
    }

    // The item that must leave first, of those that `value` is bound to.
    std::vector<int>::iterator first_due(int value) {
        if (delivery == order::lifo) return items.end() - 1;
        if (delivery == order::fifo) return items.begin();
        return std::find_if(items.begin(), items.end(),
                            [value](int item) { return producer_of(item) == producer_of(value); });
    }
};

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

    // The same of two items in one call, of which `operation` returns how many succeeded: as many single
    // operations, one after the other within the time of the call, and one that failed if there are fewer.
    template <class Operation>
    std::size_t record_bulk(call what, std::array<int, 2>& values, Operation operation) {
        vector_clock before = running().clock();
        const std::size_t succeeded = operation();
        for (std::size_t i = 0; i < std::min(succeeded + 1, values.size()); ++i) {
            const epoch end = running().mark();
            operations_.push_back({what, i < succeeded, values[i], {before, end}});
            before.times[end.thread] = end.time;
        }
        return succeeded;
    }

    // One order must explain all that was done; of a queue that is exact for each end, one order all that
    // succeeded and every push that failed, and one every pop that failed.
    void check(std::size_t capacity, const queue_spec& spec) {
        const queue_model empty{capacity, spec.delivery};
        const bool lifo = spec.delivery == order::lifo;
        const char* const wrong = lifo ? "no LIFO queue gives these results"
                                  : spec.delivery == order::per_producer_fifo
                                      ? "no queue with FIFO producers gives these results"
                                      : "no FIFO queue gives these results";
        if (spec.failure == try_failure::in_flight) excuse_failures(false);
        if (spec.failure == try_failure::spurious) excuse_failures(true);
        if (spec.failure == try_failure::in_flight && lifo) judge_reserved_places(capacity);
        if (spec.failure != try_failure::exact_per_end) {
            require(linearizable(operations_, empty), wrong);
            return;
        }
        const auto succeeded = [](const queue_operation& o) { return o.succeeded; };
        require(linearizable(only(succeeded), empty), wrong);
        for (const bool pushes : {true, false}) {
            const auto of_this_end = [pushes](const queue_operation& o) {
                return o.succeeded || o.is_push() == pushes;
            };
            require(linearizable(only(of_this_end), empty),
                    lifo ? "no LIFO queue would have failed here" : "no FIFO queue would have failed here");
        }
    }

private:
    template <class Condition>
    std::vector<queue_operation> only(Condition condition) const {
        std::vector<queue_operation> kept;
        std::copy_if(operations_.begin(), operations_.end(), std::back_inserter(kept), condition);
        return kept;
    }

    // A try that failed while an operation of the other end, or of either one, was under way says nothing.
    void excuse_failures(bool by_either_end) {
        std::vector<queue_operation> kept;
        for (const queue_operation& o : operations_) {
            const bool excused =
                !o.succeeded && (o.what == call::try_push || o.what == call::try_pop) &&
                std::any_of(operations_.begin(), operations_.end(), [&](const queue_operation& other) {
                    return (by_either_end ? &other != &o : other.is_push() != o.is_push()) &&
                           other.when.overlaps(o.when);
                });
            if (!excused) kept.push_back(o);
        }
        operations_.swap(kept);
    }

    // A push that failed because pushes under way had reserved the last places has its place in no order of a
    // LIFO queue: a pop still gets what lies below them. (Of a FIFO queue it has: after those pushes, whose
    // items are not due yet.) So it is judged by the count: at most so many places could be taken.
    void judge_reserved_places(std::size_t capacity) {
        const auto failed_push = [](const queue_operation& o) {
            return !o.succeeded && o.what == call::try_push;
        };
        for (const queue_operation& o : only(failed_push)) {
            std::size_t taken = 0;
            std::size_t given_back = 0;
            for (const queue_operation& other : operations_) {
                if (!other.succeeded) continue;
                taken += other.is_push() && !o.when.precedes(other.when);
                given_back += !other.is_push() && other.when.precedes(o.when);
            }
            require(taken >= given_back + capacity, "a push failed although a place was free");
        }
        std::erase_if(operations_, failed_push);
    }

    std::vector<queue_operation> operations_;
};

}  // namespace handoff::exploration
