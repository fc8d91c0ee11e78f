// A lock-free FIFO ring of small numbers, of which never more than half as many are in it as it has slots:
// the heart of SCQ, where one such ring holds the numbers of the free places and another those of the full
// ones.
//
// R. Nikolaev, "A scalable, portable, and memory-efficient lock-free FIFO queue", DISC 2019, figure 8.
// Deviations: 64-bit positions, which never wrap; the slots lie in order (the paper permutes them over cache
// lines); the slot is emptied by a fetch_or, as there.
//
// Both ends draw a position by fetch_add. A pop that comes before its push spoils the slot for that position,
// so that the push draws another one: nobody waits. To keep pops of an empty ring from running away from the
// pushes, threshold_ counts down how many may still fail before the ring is surely empty: at most 2n - 1
// positions lie between the last item and the pop that finds nothing, and n pops that were ahead, 3n - 1
// together, with at most n threads in the ring at a time. With more of them, a pop may say empty too early.
//
// Memory orders are all seq_cst: a push reads head_ after it has seen a slot marked unsafe, a pop marks the
// slot after it has drawn from head_, and neither may be late for the other. On x86 this costs nothing but
// the store of the threshold, which is made only if it has changed.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "../support/atomic.hpp"
#include "../support/cache_line.hpp"
#include "../support/make_slots.hpp"

namespace handoff {

class scq_index_ring {
public:
    static constexpr std::uint64_t none = ~std::uint64_t{0};

    // Of 2n slots, for numbers below n, at most n of them at a time; n is a power of two. `first` numbers,
    // from 0 on, are in it at the start.
    scq_index_ring(std::size_t n, std::size_t first)
        : mask_(2 * n - 1),
          most_failures_(static_cast<std::int64_t>(3 * n - 1)),
          slots_(make_slots<atomic<std::uint64_t>>(2 * n)),
          tail_(2 * n + first),
          head_(2 * n),
          threshold_(first > 0 ? most_failures_ : -1) {
        for (std::uint64_t i = 0; i <= mask_; ++i) {
            // relaxed: whoever hands the ring to another thread publishes it.
            slots_[i].store(i < first ? word(2 * n + i, true, i) : word(0, true, mask_),
                            memory_order_relaxed);
        }
    }

    // There is always room: see above.
    void push(std::uint64_t number) noexcept {
        for (;;) {
            const std::uint64_t position = tail_.fetch_add(1);
            atomic<std::uint64_t>& slot = slots_[position & mask_];
            std::uint64_t seen = slot.load();
            while (lap_of(seen) < lap(position) && is_empty(seen) &&
                   (is_safe(seen) || head_.load() <= position)) {
                // LP(push).
                if (!slot.compare_exchange_weak(seen, word(position, true, number))) continue;
                if (threshold_.load() != most_failures_) threshold_.store(most_failures_);
                return;
            }
        }
    }

    // The oldest number, or none: the ring was empty.
    std::uint64_t pop() noexcept {
        if (threshold_.load() < 0) return none;  // LP(pop, empty)
        for (;;) {
            const std::uint64_t position = head_.fetch_add(1);
            atomic<std::uint64_t>& slot = slots_[position & mask_];
            std::uint64_t seen = slot.load();
            do {
                if (lap_of(seen) == lap(position)) {
                    slot.fetch_or(mask_);  // LP(pop). All ones: empty.
                    return seen & mask_;
                }
            } while (lap_of(seen) < lap(position) &&
                     !slot.compare_exchange_weak(seen, spoilt(seen, position)));
            const std::uint64_t tail = tail_.load();
            if (tail <= position + 1) {
                catch_up(tail, position + 1);
                threshold_.fetch_sub(1);
                return none;
            }
            if (threshold_.fetch_sub(1) <= 0) return none;
        }
    }

private:
    // A slot's word: the lap of the position that it was last used for, whether a push may still fill it for
    // one that pops have not passed, and a number, of which all ones mean that there is none.
    std::uint64_t lap(std::uint64_t position) const { return position & ~mask_; }
    std::uint64_t word(std::uint64_t position, bool safe, std::uint64_t number) const {
        return lap(position) << 1 | std::uint64_t{safe} * (mask_ + 1) | number;
    }
    std::uint64_t lap_of(std::uint64_t word) const { return word >> 1 & ~mask_; }
    bool is_safe(std::uint64_t word) const { return (word & (mask_ + 1)) != 0; }
    bool is_empty(std::uint64_t word) const { return (word & mask_) == mask_; }

    // What a pop leaves in a slot that its push has not come to: an empty slot has had this lap; a number of
    // an earlier lap stays for its own pop, but no push may take the slot for a position that pops have
    // passed.
    std::uint64_t spoilt(std::uint64_t seen, std::uint64_t position) const {
        return is_empty(seen) ? word(position, is_safe(seen), mask_) : seen & ~(mask_ + 1);
    }

    // Pops have overtaken the pushes: the next push shall not have to draw all the positions that are spoilt.
    void catch_up(std::uint64_t tail, std::uint64_t head) noexcept {
        while (tail < head && !tail_.compare_exchange_weak(tail, head)) head = head_.load();
    }

    // Written once; the alignment keeps them off the lines of what comes before the ring in memory.
    alignas(no_false_sharing) const std::uint64_t mask_;
    const std::int64_t most_failures_;
    const std::unique_ptr<atomic<std::uint64_t>[]> slots_;

    alignas(no_false_sharing) atomic<std::uint64_t> tail_;
    alignas(no_false_sharing) atomic<std::uint64_t> head_;
    alignas(no_false_sharing) atomic<std::int64_t> threshold_;
};

}  // namespace handoff
