#include "checkers/failures.hpp"

#include <algorithm>

#include "checkers/fewest.hpp"
#include "checkers/level.hpp"

namespace handoff::linearizability {
namespace {

// When the successful calls of one kind ran: whether one overlaps a given call, by counting in sorted lists.
class busy_times {
public:
    busy_times(const history& calls, call what) {
        for (const operation& o : calls) {
            if (o.what != what || !o.succeeded()) continue;
            invoked_.push_back(o.invoked);
            responded_.push_back(o.responded);
        }
        std::sort(invoked_.begin(), invoked_.end());
        std::sort(responded_.begin(), responded_.end());
    }
    bool overlap(const operation& o) const {
        const auto begun = std::upper_bound(invoked_.begin(), invoked_.end(), o.responded);
        const auto ended = std::lower_bound(responded_.begin(), responded_.end(), o.invoked);
        return begun - invoked_.begin() > ended - responded_.begin();
    }

private:
    std::vector<stamp> invoked_;
    std::vector<stamp> responded_;
};

// The times at which some item was definitely there, as few and long as they can be.
class occupied_times {
public:
    explicit occupied_times(std::span<const item> items) {
        for (const item& one : items) {
            if (one.push->responded < one.pop_invoked()) items_.push_back(&one);
        }
        std::sort(items_.begin(), items_.end(),
                  [](const item* a, const item* b) { return a->push->responded < b->push->responded; });
        for (const item* one : items_) {
            if (times_.empty() || one->push->responded >= times_.back().to)
                times_.push_back({one->push->responded, one->pop_invoked()});
            times_.back().to = std::max(times_.back().to, one->pop_invoked());
        }
    }

    // Whether no instant of the call lies outside. Both ends of an occupied time are outside: a push may take
    // effect at its response, and a pop at its invocation.
    bool cover(const operation& o) const {
        const auto after = std::partition_point(times_.begin(), times_.end(),
                                                [&](const time& t) { return t.from < o.invoked; });
        return after != times_.begin() && o.responded < std::prev(after)->to;
    }

    // The fewest items that cover the call: of those that were there when the last one left (at first: when
    // the call began), always the one that stays longest. Requires cover(o).
    std::vector<const item*> chain_over(const operation& o) const {
        std::vector<const item*> chain;
        stamp covered = o.invoked;
        const item* longest = nullptr;
        for (std::size_t next = 0; covered <= o.responded;) {
            for (; next < items_.size() && items_[next]->push->responded < covered; ++next) {
                if (longest == nullptr || items_[next]->pop_invoked() > longest->pop_invoked())
                    longest = items_[next];
            }
            chain.push_back(longest);
            covered = longest->pop_invoked();
        }
        return chain;
    }

private:
    struct time {
        stamp from;
        stamp to;
    };
    std::vector<const item*> items_;  // by the responses of their pushes
    std::vector<time> times_;         // ascending, disjoint
};

// Items possibly there.
level possible_level(std::span<const item> items) {
    std::vector<stamp> raises;
    std::vector<stamp> drops;
    for (const item& one : items) {
        raises.push_back(one.push->invoked);
        drops.push_back(one.pop_responded());
    }
    return {std::move(raises), std::move(drops)};
}

// Pops invoked less pushes completed.
level reserved_level(std::span<const item> items) {
    std::vector<stamp> raises;
    std::vector<stamp> drops;
    for (const item& one : items) {
        if (one.left()) raises.push_back(one.pop->invoked);
        drops.push_back(one.push->responded);
    }
    return {std::move(raises), std::move(drops)};
}

// The push, and all items that were possibly there while it ran: that there were no more is what is shown.
history scene_of(const operation& push, std::span<const item> items) {
    history scene{push};
    for (const item& one : items) {
        if (one.push->invoked <= push.responded && one.pop_responded() >= push.invoked)
            append_calls(scene, one);
    }
    return scene;
}

// The pop, the fewest items that no pop could have reserved, and every item whose own pop was invoked before
// its push had completed: without that one, the pop may have reserved another.
history unreserved_scene(const operation& pop, std::span<const item> items) {
    std::vector<item> reserving;
    std::vector<item> there;
    for (const item& one : items) {
        const bool is_reserving = one.pop_invoked() <= one.push->responded;
        const stamp from = is_reserving ? one.pop_invoked() : one.push->responded;
        const stamp to = is_reserving ? one.push->responded : one.pop_invoked();
        if (from <= pop.responded && to >= pop.invoked) (is_reserving ? reserving : there).push_back(one);
    }
    there = fewest(std::move(there), [&](std::vector<item> fewer) {
        fewer.insert(fewer.end(), reserving.begin(), reserving.end());
        return reserved_level(fewer).highest_during(pop.invoked, pop.responded) < 0;
    });
    history scene{pop};
    for (const std::vector<item>& part : {there, reserving}) {
        for (const item& one : part) append_calls(scene, one);
    }
    return scene;
}

}  // namespace

judged_calls without_excused(const history& calls, try_failure allowed) {
    judged_calls judged;
    const bool in_flight = allowed == try_failure::in_flight;
    const busy_times pushes(in_flight ? calls : history{}, call::push);
    const busy_times pops(in_flight ? calls : history{}, call::pop);
    judged.calls.reserve(calls.size());
    for (const operation& o : calls) {
        if (!o.succeeded()) {
            const busy_times& other_end = o.what == call::push ? pops : pushes;
            if (allowed == try_failure::spurious ? o.thread != alone : other_end.overlap(o)) {
                ++judged.excused;
                continue;
            }
            (o.result == outcome::full ? judged.full : judged.empty).push_back(o);
            if (in_flight) continue;
        }
        judged.calls.push_back(o);
    }
    return judged;
}

finding check_empty(std::span<const item> items, std::span<const operation> empty) {
    const occupied_times occupied(items);
    for (const operation& pop : empty) {
        if (!occupied.cover(pop)) continue;
        const auto chain = occupied.chain_over(pop);
        violation found{"empty",
                        "a pop found the queue empty although it never was while the pop ran: item " +
                            std::to_string(chain.front()->value()) +
                            (chain.size() > 1 ? " and then others were there" : " was there"),
                        {pop}};
        if (chain.size() == 1 && !chain.front()->left()) found.what += ", and never came out";
        for (const item* one : chain) append_calls(found.witness, *one);
        return found;
    }
    return {};
}

finding check_reserved_empty(std::span<const item> items, std::span<const operation> empty) {
    if (empty.empty()) return {};
    const level reserved = reserved_level(items);
    for (const operation& pop : empty) {
        if (reserved.highest_during(pop.invoked, pop.responded) >= 0) continue;
        return violation{"empty",
                         "a pop found the queue empty although, all the while, items were there that no pop "
                         "under way could have reserved",
                         unreserved_scene(pop, items)};
    }
    return {};
}

finding check_capacity(std::span<const item> items, std::size_t capacity) {
    const auto by_begin = [](const item* a, const item* b) {
        return a->push->responded < b->push->responded;
    };
    const auto by_end = [](const item* a, const item* b) { return a->pop_invoked() > b->pop_invoked(); };
    std::vector<const item*> arriving;
    for (const item& one : items) {
        if (one.push->responded < one.pop_invoked()) arriving.push_back(&one);
    }
    std::sort(arriving.begin(), arriving.end(), by_begin);
    std::vector<const item*> there;  // a heap, the first to leave on top
    for (const item* one : arriving) {
        while (!there.empty() && there.front()->pop_invoked() <= one->push->responded) {
            std::pop_heap(there.begin(), there.end(), by_end);
            there.pop_back();
        }
        there.push_back(one);
        std::push_heap(there.begin(), there.end(), by_end);
        if (there.size() <= capacity) continue;
        violation found{
            "capacity",
            std::to_string(there.size()) + " items were in a queue of capacity " + std::to_string(capacity),
            {}};
        append_calls(found.witness, *one);
        for (const item* each : there) {
            if (each != one) append_calls(found.witness, *each);
        }
        return found;
    }
    return {};
}

finding check_full(std::span<const item> items, std::span<const operation> full, std::size_t capacity) {
    if (full.empty()) return {};
    const level possible = possible_level(items);
    for (const operation& push : full) {
        const std::int64_t most = possible.highest_during(push.invoked, push.responded);
        if (most >= static_cast<std::int64_t>(capacity)) continue;
        return violation{"full",
                         "push " + std::to_string(push.value) + " found the queue full, but at most " +
                             std::to_string(most) + " of its " + std::to_string(capacity) +
                             " places could be taken while it ran",
                         scene_of(push, items)};
    }
    return {};
}

std::size_t most_possibly_there(std::span<const item> items) {
    return static_cast<std::size_t>(possible_level(items).highest());
}

}  // namespace handoff::linearizability
