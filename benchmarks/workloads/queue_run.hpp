// What the queue workloads share: the two ends' waiting, and the queue's own blocking calls or the harness's
// waiting around its try_ calls behind one form.
#pragma once

#include <algorithm>
#include <cstddef>

#include "harness/item.hpp"
#include "harness/verify.hpp"
#include "harness/wait.hpp"
#include "queue.hpp"

namespace handoff {

// Where the threads at the two ends of one queue sleep.
struct queue_gates {
    eventcount not_empty;
    eventcount not_full;

    void wake_all() {
        not_empty.notify_all();
        not_full.notify_all();
    }
};

// How an operation waits: Own is the queue's blocking call, else it is the harness's loop.
enum class mode { harness_waits, own };

template <class Q, mode Mode>
class push_end {
public:
    push_end(Q& q, wait_kind kind, bool oversubscribed, queue_gates& gates)
        : handle_(q), wait_(kind, oversubscribed, gates.not_full, gates.not_empty) {}

    // False if it gave up; then the value is still the caller's.
    template <class Item, class GiveUp>
    [[gnu::always_inline]] bool push(Item& value, GiveUp give_up) {
        if constexpr (Mode == mode::own) {
            return handle_.push(std::move(value));
        } else {
            if (!wait_.until([&] { return handle_.try_push(std::move(value)); }, give_up)) return false;
            wait_.announce();
            return true;
        }
    }

    // How many of the first items have gone in: one at least, or none if it gave up.
    template <class Item, class GiveUp>
    [[gnu::always_inline]] std::size_t push_bulk(Item* items, std::size_t count, GiveUp give_up) {
        std::size_t pushed = 0;
        const auto push = [&] { return (pushed = handle_.try_push_bulk(items, count)) > 0; };
        if (wait_.until(push, give_up)) wait_.announce();
        return pushed;
    }

    const wait_loop& wait() const { return wait_; }

private:
    typename Q::producer handle_;
    wait_loop wait_;
};

template <class Q, mode Mode>
class pop_end {
public:
    pop_end(Q& q, wait_kind kind, bool oversubscribed, queue_gates& gates)
        : handle_(q), wait_(kind, oversubscribed, gates.not_empty, gates.not_full) {}

    template <class Item, class GiveUp>
    [[gnu::always_inline]] bool pop(Item& value, GiveUp give_up) {
        if constexpr (Mode == mode::own) {
            return handle_.pop(value);
        } else {
            if (!wait_.until([&] { return handle_.try_pop(value); }, give_up)) return false;
            wait_.announce();
            return true;
        }
    }

    // How many of the first items were replaced: one at least, or none if it gave up.
    template <class Item, class GiveUp>
    [[gnu::always_inline]] std::size_t pop_bulk(Item* items, std::size_t count, GiveUp give_up) {
        std::size_t popped = 0;
        const auto pop = [&] { return (popped = handle_.try_pop_bulk(items, count)) > 0; };
        if (wait_.until(pop, give_up)) wait_.announce();
        return popped;
    }

    const wait_loop& wait() const { return wait_; }

private:
    typename Q::consumer handle_;
    wait_loop wait_;
};

// The last producer of a run: wakes the consumers that sleep, and in the queue's own pop sends each of them a
// stop item.
template <class Item, class Q, mode Mode>
void send_off(push_end<Q, Mode>& end, unsigned consumers, queue_gates& gates) {
    if constexpr (Mode == mode::own) {
        for (unsigned i = 0; i < consumers; ++i) {
            Item stop = Item::make(stop_tag);
            end.push(stop, [] { return false; });
        }
    }
    gates.wake_all();
}

// What is left when all have gone: a queue may say "empty" to a thread that is not alone.
// One more than went in proves that items were invented, and is the end of it.
template <class Item, class Q>
verdict take_leftovers(Q& q, std::uint64_t pushed) {
    typename Q::consumer handle(q);
    producer_book book;
    receiver got(book);
    Item v;
    while (Q::spec.conserves && got.count() <= pushed && handle.try_pop(v))
        if (v.tag != stop_tag) got.take(v);
    return got.seen();
}

template <class Q>
std::size_t capacity_of(const Q& q) {
    if constexpr (bounded_queue<Q>) {
        return q.capacity();
    } else {
        return 0;
    }
}

// Touches the memory that a run will use by one fill and drain, before anything is timed; an unbounded queue
// is filled to the hint. Returns what went in and what came out, which differ only if the queue is broken.
template <class Q, class Item>
verdict prefault(Q& q, std::size_t hint) {
    verdict seen;
    if constexpr (!Q::spec.conserves) return seen;
    const std::size_t most = bounded_queue<Q> ? capacity_of(q) : hint;
    {
        typename Q::producer handle(q);
        for (item_tag tag = make_tag(0, 1); seen.pushed.count < most; ++tag) {
            Item v = Item::make(tag);
            if (!handle.try_push(std::move(v))) break;
            seen.pushed.add(tag);
        }
    }
    typename Q::consumer handle(q);
    producer_book book;
    receiver got(book);
    // A queue that invents items must not hold the run up for ever.
    for (Item v; got.count() <= 2 * most && handle.try_pop(v);) got.take(v);
    seen += got.seen();
    return seen;
}

}  // namespace handoff
