#include "checkers/counter_checker.hpp"

#include <algorithm>
#include <functional>
#include <queue>
#include <stdexcept>
#include <vector>

#include "checkers/fewest.hpp"

namespace handoff::linearizability {
namespace {

using pointers = std::vector<const operation*>;

struct counter_calls {
    pointers adds;
    pointers reads;
};

counter_calls split(const history& calls) {
    counter_calls result;
    for (const operation& o : calls) {
        if (o.what == call::add && o.value != 1)
            throw std::invalid_argument("an add of " + std::to_string(o.value) +
                                        "; the checker of counters takes adds of 1");
        if (o.what == call::add) result.adds.push_back(&o);
        if (o.what == call::read) result.reads.push_back(&o);
    }
    return result;
}

std::vector<stamp> sorted(const pointers& calls, stamp operation::*member) {
    std::vector<stamp> stamps;
    for (const operation* o : calls) stamps.push_back(o->*member);
    std::sort(stamps.begin(), stamps.end());
    return stamps;
}

std::uint64_t count_until(const std::vector<stamp>& ascending, stamp end, bool included) {
    const auto bound = included ? std::upper_bound(ascending.begin(), ascending.end(), end)
                                : std::lower_bound(ascending.begin(), ascending.end(), end);
    return static_cast<std::uint64_t>(bound - ascending.begin());
}

violation too_low(const operation& read, const counter_calls& calls, std::uint64_t completed) {
    violation found{
        "lost", describe(read) + ", but " + std::to_string(completed) + " adds had completed before", {read}};
    // One more than it returned suffices; none, if it fell below zero.
    const std::uint64_t enough = static_cast<std::int64_t>(read.value) < 0 ? 0 : read.value + 1;
    for (const operation* add : calls.adds) {
        if (found.witness.size() > enough) break;
        if (precedes(*add, read)) found.witness.push_back(*add);
    }
    return found;
}

violation too_high(const operation& read, const counter_calls& calls, std::uint64_t begun) {
    violation found{"surplus",
                    describe(read) + ", but only " + std::to_string(begun) + " adds had begun by its end",
                    {read}};
    for (const operation* add : calls.adds) {
        if (!precedes(read, *add)) found.witness.push_back(*add);
    }
    return found;
}

finding check_bounds(const counter_calls& calls, bool nothing_lost) {
    const std::vector<stamp> begins = sorted(calls.adds, &operation::invoked);
    const std::vector<stamp> ends = sorted(calls.adds, &operation::responded);
    for (const operation* read : calls.reads) {
        const std::uint64_t completed = count_until(ends, read->invoked, false);
        const std::uint64_t begun = count_until(begins, read->responded, true);
        // Signed: a counter that fell below zero is too low, not too high.
        const auto value = static_cast<std::int64_t>(read->value);
        if (nothing_lost && value < static_cast<std::int64_t>(completed))
            return too_low(*read, calls, completed);
        if (value > static_cast<std::int64_t>(begun)) return too_high(*read, calls, begun);
    }
    return {};
}

finding check_monotone(const counter_calls& calls) {
    pointers by_invocation = calls.reads;
    pointers by_response = calls.reads;
    std::sort(by_invocation.begin(), by_invocation.end(),
              [](const operation* a, const operation* b) { return a->invoked < b->invoked; });
    std::sort(by_response.begin(), by_response.end(),
              [](const operation* a, const operation* b) { return a->responded < b->responded; });
    const operation* highest = nullptr;
    std::size_t next = 0;
    for (const operation* read : by_invocation) {
        for (; next < by_response.size() && precedes(*by_response[next], *read); ++next) {
            if (highest == nullptr || by_response[next]->value > highest->value) highest = by_response[next];
        }
        if (highest != nullptr && highest->value > read->value)
            return violation{"falling",
                             "reads fell from " + std::to_string(highest->value) + " to " +
                                 std::to_string(read->value) + " although only ones were added",
                             {*read, *highest}};
    }
    return {};
}

// For each number from 1 on: the last instant by which, and the first from which, that add can have counted.
struct number_bounds {
    std::vector<stamp> not_after;   // least response of the reads of so many or more; ascending
    std::vector<stamp> not_before;  // greatest invocation of the reads of less; ascending
};

// Requires reads within the bounds that check_bounds knows.
number_bounds bounds_of_numbers(const counter_calls& calls) {
    const std::size_t count = calls.adds.size();
    number_bounds bounds{std::vector<stamp>(count + 1, never), std::vector<stamp>(count + 1, 0)};
    for (const operation* read : calls.reads) {
        const auto value = static_cast<std::size_t>(read->value);
        bounds.not_after[value] = std::min(bounds.not_after[value], read->responded);
        if (value < count)
            bounds.not_before[value + 1] = std::max(bounds.not_before[value + 1], read->invoked);
    }
    for (std::size_t x = count; x-- > 1;) {
        bounds.not_after[x] = std::min(bounds.not_after[x], bounds.not_after[x + 1]);
    }
    for (std::size_t x = 2; x <= count; ++x) {
        bounds.not_before[x] = std::max(bounds.not_before[x], bounds.not_before[x - 1]);
    }
    return bounds;
}

// Each add may have any number of an interval; the numbers are given out in ascending order, each to the add
// whose interval ends first.
bool adds_can_be_numbered(const counter_calls& calls) {
    const number_bounds bounds = bounds_of_numbers(calls);
    const std::size_t count = calls.adds.size();
    const auto first = [&](const operation* add) {
        return std::lower_bound(bounds.not_after.begin() + 1, bounds.not_after.end(), add->invoked) -
               bounds.not_after.begin();
    };
    const auto last = [&](const operation* add) {
        return std::upper_bound(bounds.not_before.begin() + 1, bounds.not_before.end(), add->responded) -
               bounds.not_before.begin() - 1;
    };
    std::vector<std::pair<std::ptrdiff_t, std::ptrdiff_t>> intervals;
    for (const operation* add : calls.adds) intervals.emplace_back(first(add), last(add));
    std::sort(intervals.begin(), intervals.end());
    std::priority_queue<std::ptrdiff_t, std::vector<std::ptrdiff_t>, std::greater<>> open;
    std::size_t next = 0;
    for (std::ptrdiff_t x = 1; x <= static_cast<std::ptrdiff_t>(count); ++x) {
        for (; next < count && intervals[next].first <= x; ++next) open.push(intervals[next].second);
        if (open.empty() || open.top() < x) return false;
        open.pop();
    }
    return true;
}

// The fewest reads that cannot be explained, and the adds that they may have counted. Leaving out reads makes
// no legal history illegal; leaving out adds does, so none is left out that had begun by the last read's end.
violation unexplained(const counter_calls& all) {
    counter_calls calls = all;
    calls.reads = fewest(all.reads, [&](const pointers& fewer) {
        calls.reads = fewer;
        return !adds_can_be_numbered(calls);
    });
    violation found{
        .rule = "linearizability",
        .what = "each of these reads could be right, but no order of the adds explains all of them",
        .witness = {},
        .accused = calls.reads.size()};
    stamp end = 0;
    for (const operation* read : calls.reads) {
        found.witness.push_back(*read);
        end = std::max(end, read->responded);
    }
    for (const operation* add : calls.adds) {
        if (add->invoked <= end) found.witness.push_back(*add);
    }
    return found;
}

}  // namespace

finding check_exact_counter(const history& calls) {
    const counter_calls all = split(calls);
    if (finding broken = check_bounds(all, true)) return broken;
    if (finding broken = check_monotone(all)) return broken;
    if (!adds_can_be_numbered(all)) return unexplained(all);
    return {};
}

finding check_counter(const history& calls, read_guarantee promise) {
    switch (promise) {
        case read_guarantee::exact:
            return check_exact_counter(calls);
        case read_guarantee::quiescent:
            return check_bounds(split(calls), true);
        case read_guarantee::lossy:
            break;
    }
    return check_bounds(split(calls), false);
}

std::string_view checker_of(read_guarantee promise) {
    switch (promise) {
        case read_guarantee::exact:
            return "linearizable counter";
        case read_guarantee::quiescent:
            return "exact at rest, within bounds under load";
        case read_guarantee::lossy:
            break;
    }
    return "counts nothing that was not added";
}

}  // namespace handoff::linearizability
