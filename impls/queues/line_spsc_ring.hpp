// A ring whose cache lines carry their items and how far they are filled: a consumer that has caught up finds
// the next item and the word that publishes it in one transfer, where a ring with a shared index needs two.
//
// After P. P. C. Lee, T. Bu and G. Chandranmenon (MCRingBuffer, IPDPS 2010), whose cached copy of the other
// end's index the producer has, and J. Giacomoni, T. Moseley and M. Vachharajani (FastForward, PPoPP 2008),
// whose consumer finds the state of a slot beside its item. Here a word stands for a whole line, so that 7
// items of 8 bytes share one, and the consumer writes no line of the producer's.
//
// Progress: wait-free, both operations.
//
// Memory: one allocation for the ring's life; nothing is reclaimed. No ABA: each index has one writer and
// only grows.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "../queue.hpp"
#include "../support/atomic.hpp"
#include "../support/cache_line.hpp"
#include "../support/first_index.hpp"
#include "../support/make_slots.hpp"

namespace handoff {

template <class T>
class line_spsc_ring {
public:
    using value_type = T;
    using producer = direct_producer<line_spsc_ring>;
    using consumer = direct_consumer<line_spsc_ring>;

    static constexpr queue_spec spec{
        .name = "line_spsc_ring",
        .cite = "after FastForward: Giacomoni et al., PPoPP 2008; MCRingBuffer: Lee et al., IPDPS 2010",
        .producers = cardinality::one,
        .consumers = cardinality::one,
        .bound = boundedness::bounded,
        .push = progress::wait_free,
        .pop = progress::wait_free,
        .delivery = order::fifo,
        .failure = try_failure::exact_per_end,
    };

    explicit line_spsc_ring(std::size_t capacity, first_index first = {})
        : capacity_(std::max<std::size_t>(capacity, 1)),
          line_count_((capacity_ - 1) / items_of_a_line + 1),
          lines_(make_slots<line>(line_count_)),
          tail_(first.value),
          head_seen_(first.value),
          push_at_{lines_.get(), 0},
          head_(first.value),
          tail_seen_(first.value),
          pop_at_{lines_.get(), 0} {
        for (std::size_t i = 0; i < line_count_; ++i) {
            // relaxed: whoever hands the ring to another thread publishes it.
            lines_[i].filled.store(first.value, memory_order_relaxed);
        }
    }
    line_spsc_ring(const line_spsc_ring&) = delete;
    line_spsc_ring& operator=(const line_spsc_ring&) = delete;

    ~line_spsc_ring() {
        // relaxed: no other thread is left.
        for (std::uint64_t i = head_.load(memory_order_relaxed); i != tail_; ++i) {
            std::destroy_at(&item_at(pop_at_));
            go_on(pop_at_);
        }
    }

    std::size_t capacity() const { return capacity_; }

    bool try_push(T&& value) {
        if (tail_ - head_seen_ == capacity_) {
            // (1) acquire: pairs with (4); the consumer has left the places before head_. LP(try_push, full).
            head_seen_ = head_.load(memory_order_acquire);
            if (tail_ - head_seen_ == capacity_) return false;
        }
        std::construct_at(&item_at(push_at_), std::move(value));
        ++tail_;
        // (2) release: pairs with (3); publishes the item. LP(try_push).
        push_at_.in->filled.store(tail_, memory_order_release);
        go_on(push_at_);
        return true;
    }

    bool try_pop(T& value) {
        // relaxed: only the consumer writes head_.
        const std::uint64_t head = head_.load(memory_order_relaxed);
        if (head == tail_seen_) {
            // (3) acquire: pairs with (2); the items of this line before `filled` are visible. LP(try_pop,
            // empty).
            const std::uint64_t filled = pop_at_.in->filled.load(memory_order_acquire);
            // Below head: filled in a lap before this one, or never.
            if (static_cast<std::int64_t>(filled - head) <= 0) return false;
            tail_seen_ = filled;
        }
        T& item = item_at(pop_at_);
        value = std::move(item);
        std::destroy_at(&item);
        go_on(pop_at_);
        // (4) release: pairs with (1); hands the place back. LP(try_pop).
        head_.store(head + 1, memory_order_release);
        return true;
    }

private:
    static constexpr std::size_t before_items = std::max(sizeof(std::uint64_t), alignof(T));
    static constexpr std::size_t items_of_a_line = before_items + sizeof(T) > cache_line_size
                                                       ? 1
                                                       : (cache_line_size - before_items) / sizeof(T);

    struct place {
        place() {}
        ~place() {}

        union {
            T value;
        };
    };

    // Invariant: the items of this line with an index below `filled`, and not below head_, are alive.
    struct alignas(std::max(cache_line_size, alignof(T))) line {
        atomic<std::uint64_t> filled{0};
        std::array<place, items_of_a_line> places;
    };

    // Where an end is in the ring: in step with its index.
    struct position {
        plain<line*> in;
        plain<std::size_t> place;
    };

    static T& item_at(const position& at) { return at.in->places[at.place].value; }

    void go_on(position& at) {
        ++at.place;
        if (at.place < items_of_a_line) return;
        at.place = 0;
        line* const next = at.in + 1;
        at.in = next == lines_.get() + line_count_ ? lines_.get() : next;
    }

    // Written once; the alignment keeps them off the lines of what comes before the ring in memory.
    alignas(no_false_sharing) const std::uint64_t capacity_;
    const std::size_t line_count_;
    const std::unique_ptr<line[]> lines_;

    // The producer's: the consumer never looks at it.
    alignas(no_false_sharing) plain<std::uint64_t> tail_;
    plain<std::uint64_t> head_seen_;  // invariant: head_seen_ <= head_
    position push_at_;

    // The consumer's: the producer looks at it only when it has used up what it saw before.
    alignas(no_false_sharing) atomic<std::uint64_t> head_;
    plain<std::uint64_t> tail_seen_;  // invariant: tail_seen_ <= tail_
    position pop_at_;
};

// Three groups of members, none of which shares a line with another or with what follows the ring.
static_assert(sizeof(line_spsc_ring<int>) == 3 * no_false_sharing);
static_assert(alignof(line_spsc_ring<int>) == no_false_sharing);

}  // namespace handoff
