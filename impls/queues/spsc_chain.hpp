// An unbounded queue of one producer and one consumer: a chain of blocks, which the producer fills one after
// the other and the consumer empties behind it. The last block that was emptied is kept as a spare and filled
// again.
//
// M. Aldinucci, M. Danelutto, P. Kilpatrick, M. Meneghin and M. Torquati, "An efficient unbounded lock-free
// queue for multi-core systems" (uSPSC), Euro-Par 2012. Deviations: a block is filled once and then goes
// round as a whole, where uSPSC's are rings that are filled as long as there is room; one spare instead of a
// pool, so that memory follows the items; the number of items that were published is one index for the whole
// chain, of which the consumer keeps a copy (as in cached_spsc_ring.hpp).
//
// Progress: wait-free, both operations, but for the allocation of a block and its release. While the consumer
// is never more than a block behind, two blocks go to and fro and nothing is allocated.
//
// Memory: a block that the consumer has left is known to it alone, which leaves it as the spare and frees the
// spare that was there. No ABA: nothing is compared but an index, which only grows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "../support/atomic.hpp"
#include "../support/cache_line.hpp"

namespace handoff {

template <class T, std::uint32_t block_items>
class spsc_chain {
public:
    using value_type = T;

    // Unbounded: the hint is of no use to a chain.
    explicit spsc_chain(std::size_t /*capacity*/ = 0) : last_(new block), first_(last_) {}
    spsc_chain(const spsc_chain&) = delete;
    spsc_chain& operator=(const spsc_chain&) = delete;

    ~spsc_chain() {
        // relaxed: no other thread is left.
        for (const std::uint64_t tail = tail_.load(memory_order_relaxed); head_ != tail; ++head_) {
            std::destroy_at(&next_item());
            ++emptied_;
        }
        while (block* const passed = first_) {
            first_ = passed->next;
            delete passed;
        }
        // relaxed: no other thread is left.
        delete spare_.load(memory_order_relaxed);
    }

    bool try_push(T&& value) {
        // relaxed: only the producer writes tail_.
        const std::uint64_t tail = tail_.load(memory_order_relaxed);
        if (filled_ == block_items) {
            last_->next = empty_block();
            last_ = last_->next;
            filled_ = 0;
        }
        std::construct_at(&last_->places[filled_].value, std::move(value));
        ++filled_;
        // (1) release: pairs with (2); publishes the item and the block that it is in. LP(try_push).
        tail_.store(tail + 1, memory_order_release);
        return true;
    }

    bool try_pop(T& value) {
        if (head_ == tail_seen_) {
            // (2) acquire: pairs with (1); the items before tail_ are visible. LP(try_pop).
            tail_seen_ = tail_.load(memory_order_acquire);
            if (head_ == tail_seen_) return false;
        }
        T& item = next_item();
        value = std::move(item);
        std::destroy_at(&item);
        ++emptied_;
        ++head_;
        return true;
    }

    // How many items have been pushed so far, for a third party's guess.
    std::uint64_t pushed() const {
        // relaxed: only the number matters.
        return tail_.load(memory_order_relaxed);
    }

private:
    struct place {
        place() {}
        ~place() {}

        union {
            T value;
        };
    };

    struct block {
        std::array<place, block_items> places;
        plain<block*> next{nullptr};  // set by the producer before it publishes an item behind this block
    };

    // The spare, or a new one. If there is no memory, nothing has changed.
    block* empty_block() {
        // (3) acquire: pairs with (4); the consumer has left the block.
        block* const spare = spare_.exchange(nullptr, memory_order_acquire);
        return spare != nullptr ? spare : new block;
    }

    // Requires an item.
    T& next_item() {
        if (emptied_ == block_items) {
            block* const passed = std::exchange(first_, first_->next);
            passed->next = nullptr;
            emptied_ = 0;
            // (4) release: pairs with (3); hands the block back.
            delete spare_.exchange(passed, memory_order_release);
        }
        return first_->places[emptied_].value;
    }

    // The producer's line. The consumer looks at it only when it has used up what it saw before.
    alignas(no_false_sharing) atomic<std::uint64_t> tail_{0};
    plain<block*> last_;
    plain<std::uint32_t> filled_{0};  // places of the last block

    // The consumer's line.
    alignas(no_false_sharing) plain<std::uint64_t> head_{0};
    plain<std::uint64_t> tail_seen_{0};  // invariant: tail_seen_ <= tail_
    plain<block*> first_;
    plain<std::uint32_t> emptied_{0};  // places of the first block

    // Both write it, once in a block.
    alignas(no_false_sharing) atomic<block*> spare_{nullptr};
};

// Three groups of members, none of which shares a line with another or with what follows the queue.
static_assert(sizeof(spsc_chain<int, 2>) == 3 * no_false_sharing);

}  // namespace handoff
