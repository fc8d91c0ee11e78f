#include "checkers/item_order.hpp"

#include <algorithm>
#include <functional>

#include "checkers/fenwick.hpp"

namespace handoff::linearizability {
namespace {

std::string name(const item& one) {
    return std::to_string(one.value());
}

template <class Key>
std::vector<const item*> sorted_by(std::span<const item> items, Key key) {
    std::vector<const item*> sorted;
    sorted.reserve(items.size());
    for (const item& one : items) sorted.push_back(&one);
    std::sort(sorted.begin(), sorted.end(), [&](const item* a, const item* b) { return key(*a) < key(*b); });
    return sorted;
}

stamp push_invoked(const item& one) {
    return one.push->invoked;
}
stamp push_responded(const item& one) {
    return one.push->responded;
}

// The item that left too early, its pop first, and the one that shows it.
history out_of_order(const item& early, const item& other) {
    history witness{*early.pop, *early.push};
    append_calls(witness, other);
    return witness;
}

violation overtaking(std::string_view rule, const item& first, const item& second) {
    return {rule,
            "push " + name(first) + " came before push " + name(second) + ", but " + name(second) +
                (first.left() ? " was popped before " + name(first)
                              : " was popped and " + name(first) + " never was"),
            out_of_order(second, first)};
}

finding check_order(std::string_view rule, std::span<const item> items) {
    const auto by_invocation = sorted_by(items, push_invoked);
    const auto by_response = sorted_by(items, push_responded);
    const item* last_to_leave = nullptr;  // of those whose push precedes that of b
    std::size_t next = 0;
    for (const item* b : by_invocation) {
        for (; next < by_response.size() && precedes(*by_response[next]->push, *b->push); ++next) {
            const item* a = by_response[next];
            if (last_to_leave == nullptr || a->pop_invoked() > last_to_leave->pop_invoked())
                last_to_leave = a;
        }
        if (last_to_leave != nullptr && b->left() && b->pop->responded < last_to_leave->pop_invoked())
            return overtaking(rule, *last_to_leave, *b);
    }
    return {};
}

struct later_pop {
    const item* operator()(const item* a, const item* b) const {
        if (a == nullptr || b == nullptr) return a == nullptr ? b : a;
        return a->pop_invoked() > b->pop_invoked() ? a : b;
    }
};

// Places in descending order of the pushes' invocations, so that a prefix is "pushed later than".
class later_pushes {
public:
    explicit later_pushes(std::span<const item> items) : tree_(items.size()) {
        for (const item& one : items) invoked_.push_back(push_invoked(one));
        std::sort(invoked_.begin(), invoked_.end(), std::greater<>{});
    }
    void put(const item& one) {
        const auto place =
            std::lower_bound(invoked_.begin(), invoked_.end(), push_invoked(one), std::greater<>{});
        tree_.put(static_cast<std::size_t>(place - invoked_.begin()), &one);
    }
    // The last to leave of the items put so far whose push was invoked after `time`.
    const item* last_to_leave(stamp time) const {
        const auto end = std::lower_bound(invoked_.begin(), invoked_.end(), time, std::greater<>{});
        return tree_.up_to(static_cast<std::size_t>(end - invoked_.begin()));
    }

private:
    std::vector<stamp> invoked_;
    fenwick_tree<const item*, later_pop> tree_;
};

}  // namespace

finding check_fifo(std::span<const item> items) {
    return check_order("order", items);
}

finding check_producer_fifo(std::span<const item> items) {
    std::vector<item> grouped(items.begin(), items.end());
    const auto thread_of = [](const item& one) { return one.push->thread; };
    std::stable_sort(grouped.begin(), grouped.end(),
                     [&](const item& a, const item& b) { return thread_of(a) < thread_of(b); });
    for (auto begin = grouped.begin(); begin != grouped.end();) {
        const auto end = std::find_if(begin, grouped.end(),
                                      [&](const item& one) { return thread_of(one) != thread_of(*begin); });
        if (finding broken = check_order("producer's order", {begin, end})) return broken;
        begin = end;
    }
    return {};
}

finding check_lifo(std::span<const item> items) {
    const auto leaving = sorted_by(items, [](const item& one) { return one.pop_invoked(); });
    const auto by_response = sorted_by(items, push_responded);
    later_pushes above(items);
    std::size_t next = 0;
    for (const item* a : leaving) {
        if (!a->left()) break;
        while (next < by_response.size() && precedes(*by_response[next]->push, *a->pop)) {
            above.put(*by_response[next++]);
        }
        const item* b = above.last_to_leave(a->push->responded);
        if (b != nullptr && b->pop_invoked() > a->pop->responded)
            return violation{"order",
                             name(*a) + " was popped although " + name(*b) +
                                 " had been pushed onto it and lay there still",
                             out_of_order(*a, *b)};
    }
    return {};
}

namespace {

struct left_behind {
    std::size_t most = 0;
    const item* by = nullptr;  // whose pop left that many
};

left_behind most_left_behind(std::span<const item> items) {
    std::vector<stamp> pops;  // in descending order: a prefix is "popped later than"
    for (const item& one : items) pops.push_back(one.pop_invoked());
    std::sort(pops.begin(), pops.end(), std::greater<>{});
    const auto later_than = [&](stamp time) {
        return static_cast<std::size_t>(std::lower_bound(pops.begin(), pops.end(), time, std::greater<>{}) -
                                        pops.begin());
    };
    fenwick_tree<std::size_t, std::plus<>> pushed_before(items.size());
    const auto by_response = sorted_by(items, push_responded);
    std::size_t next = 0;
    left_behind found;
    for (const item* b : sorted_by(items, push_invoked)) {
        while (next < by_response.size() && precedes(*by_response[next]->push, *b->push)) {
            pushed_before.put(later_than(by_response[next++]->pop_invoked()), 1);
        }
        if (!b->left()) continue;
        const std::size_t behind = pushed_before.up_to(later_than(b->pop->responded));
        if (behind > found.most) found = {behind, b};
    }
    return found;
}

}  // namespace

std::size_t overtaken(std::span<const item> items) {
    return most_left_behind(items).most;
}

finding check_overtaken(std::span<const item> items, std::size_t most) {
    const left_behind found = most_left_behind(items);
    if (found.most <= most) return {};
    const item& early = *found.by;
    history witness{*early.pop, *early.push};
    std::size_t shown = 0;
    for (const item& other : items) {
        if (shown > most) break;
        if (!precedes(*other.push, *early.push) || other.pop_invoked() <= early.pop->responded) continue;
        append_calls(witness, other);
        ++shown;
    }
    return violation{"order",
                     "the pop of " + name(early) + " left behind " + std::to_string(found.most) +
                         " items that had been pushed before it; the promise is " + std::to_string(most),
                     std::move(witness)};
}

}  // namespace handoff::linearizability
