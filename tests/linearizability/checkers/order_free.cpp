#include "checkers/order_free.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "checkers/item_order.hpp"
#include "checkers/items.hpp"

namespace handoff::linearizability {
namespace {

// The calls with stamps that say only what is known without a clock: the order of one thread's pushes and of
// its pops, and which calls were made alone, before or after. Pushes will be compared with pushes only, and
// pops with pops; a pop is put behind every push, because which came first is not known.
history with_known_order(const burst_record& burst) {
    history calls = burst.all();
    stamp now = 0;
    for (operation& o : calls) {
        o.invoked = o.responded = ++now + (o.what == call::pop ? calls.size() : 0);
    }
    return calls;
}

finding check_nothing_lost(std::span<const item> items) {
    for (const item& one : items) {
        if (!one.left())
            return violation{
                "lost", std::to_string(one.value()) + " was pushed and never came out", {*one.push}};
    }
    return {};
}

finding check_failures_alone(const burst_record& burst, const queue_promise& promise) {
    std::size_t held = 0;
    for (const operation& o : burst.before) {
        if (o.succeeded()) {
            ++held;
        } else if (!promise.capacity || held != *promise.capacity) {
            return violation{"full",
                             "alone, " + describe(o) + " although the queue held " + std::to_string(held) +
                                 (promise.capacity ? " of " + std::to_string(*promise.capacity) + " items"
                                                   : " items and is unbounded"),
                             {o}};
        }
    }
    if (promise.capacity && held > *promise.capacity)
        return violation{"capacity",
                         "alone, " + std::to_string(held) + " pushes succeeded on a queue of capacity " +
                             std::to_string(*promise.capacity),
                         burst.before};
    return {};
}

std::set<std::uint16_t> threads_of(const history& calls, call what) {
    std::set<std::uint16_t> threads;
    for (const operation& o : calls) {
        if (o.what == what) threads.insert(o.thread);
    }
    return threads;
}

// The items that the two threads, or one alone, have pushed and popped: both orders are total.
std::vector<item> items_between(std::span<const item> items, std::uint16_t producer, std::uint16_t consumer) {
    std::vector<item> between;
    for (const item& one : items) {
        const bool pushed = one.push->thread == producer || one.push->thread == alone;
        const bool popped = one.pop->thread == consumer || one.pop->thread == alone;
        if (pushed && popped) between.push_back(one);
    }
    return between;
}

finding check_each_pair(const history& calls, std::span<const item> items, order delivery) {
    for (const std::uint16_t producer : threads_of(calls, call::push)) {
        for (const std::uint16_t consumer : threads_of(calls, call::pop)) {
            const std::vector<item> between = items_between(items, producer, consumer);
            finding broken = delivery == order::fifo ? check_fifo(between) : check_producer_fifo(between);
            if (broken) return broken;
        }
    }
    return {};
}

// What one thread has seen of a counter.
struct thread_count {
    std::int64_t added = 0;
    std::int64_t last_read = 0;
};

finding check_own_view(const operation& o, thread_count& seen, read_guarantee promise) {
    if (o.what == call::add) {
        seen.added += static_cast<std::int64_t>(o.value);
        return {};
    }
    const auto value = static_cast<std::int64_t>(o.value);
    if (promise != read_guarantee::lossy && value < seen.added)
        return violation{
            "lost",
            describe(o) + ", but its thread alone had added " + std::to_string(seen.added) + " before",
            {o}};
    if (promise == read_guarantee::exact && value < seen.last_read)
        return violation{"falling",
                         describe(o) + " after the same thread had read " + std::to_string(seen.last_read),
                         {o}};
    seen.last_read = value;
    return {};
}

}  // namespace

history burst_record::all() const {
    history calls = before;
    calls.insert(calls.end(), during.begin(), during.end());
    calls.insert(calls.end(), after.begin(), after.end());
    return calls;
}

finding check_without_stamps(const burst_record& burst, const queue_promise& promise) {
    if (finding broken = check_failures_alone(burst, promise)) return broken;
    const history calls = with_known_order(burst);
    const items_found found = find_items(calls);
    if (found.broken) return found.broken;
    if (finding broken = check_nothing_lost(found.items)) return broken;
    const bool ordered = promise.delivery == order::fifo || promise.delivery == order::per_producer_fifo;
    return ordered ? check_each_pair(calls, found.items, promise.delivery) : finding{};
}

finding check_counter_without_stamps(const burst_record& burst, read_guarantee promise) {
    std::vector<thread_count> seen;
    std::int64_t total = 0;
    for (const operation& o : burst.during) {
        if (o.thread >= seen.size()) seen.resize(o.thread + 1U);
        if (o.what == call::add) total += static_cast<std::int64_t>(o.value);
        if (finding broken = check_own_view(o, seen[o.thread], promise)) return broken;
    }
    for (const operation& o : burst.all()) {
        if (o.what != call::read) continue;
        const auto value = static_cast<std::int64_t>(o.value);
        const bool last = o.thread == alone;
        if (value > total || (last && promise != read_guarantee::lossy && value < total))
            return violation{value > total ? "surplus" : "lost",
                             describe(o) + " of " + std::to_string(total) + " adds" + (last ? " in all" : ""),
                             {o}};
    }
    return {};
}

}  // namespace handoff::linearizability
