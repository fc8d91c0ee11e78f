// Verification, in release builds and inside every timed run: what came out is what went in.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "item.hpp"
#include "queue.hpp"

namespace handoff {

inline constexpr unsigned most_producers = 64;

// Count, sum and sum of squares of tags, modulo 2^64: a lost and a duplicated item do not cancel.
struct tally {
    std::uint64_t count = 0;
    std::uint64_t sum = 0;
    std::uint64_t squares = 0;

    [[gnu::always_inline]] void add(item_tag tag) {
        ++count;
        sum += tag;
        squares += tag * tag;
    }
    // The items that make_tag(producer, 1) to make_tag(producer, n) name, without going through them: a
    // producer need not sum up while it is timed.
    static tally of_sequence(unsigned producer, std::uint64_t n);

    tally& operator+=(const tally& other) {
        count += other.count;
        sum += other.sum;
        squares += other.squares;
        return *this;
    }
    friend bool operator==(const tally&, const tally&) = default;
};

// What went in and what came out, of one thread or of all.
struct verdict {
    tally pushed;
    tally popped;
    std::uint64_t overtakes = 0;       // pops that broke some producer's order, repeats included
    std::uint64_t overtake_depth = 0;  // most by which an item came after a later one of its producer
    std::uint64_t damaged = 0;         // torn, or never put in by anybody

    verdict& operator+=(const verdict& other) {
        pushed += other.pushed;
        popped += other.popped;
        overtakes += other.overtakes;
        overtake_depth = std::max(overtake_depth, other.overtake_depth);
        damaged += other.damaged;
        return *this;
    }
};

// The last tag of each producer that one consumer has seen. Apart from the receiver, which so can live in
// registers: this is what the slow, uninlined look has to write to.
class producer_book {
public:
    enum class finding { in_order, overtook, of_nobody };

    // What `tag` is after `before`, the tag taken just before it.
    [[gnu::noinline]] finding look_up(item_tag before, item_tag tag) {
        if (producer_of(before) < most_producers) note(before);
        const unsigned producer = producer_of(tag);
        if (producer >= most_producers) return finding::of_nobody;
        if (tag < highest_[producer]) depth_ = std::max(depth_, highest_[producer] - tag);
        return tag <= last_[producer] ? finding::overtook : finding::in_order;
    }
    // The most by which a tag lay behind the highest one of its producer.
    std::uint64_t depth() const { return depth_; }

private:
    void note(item_tag before) {
        last_[producer_of(before)] = before;
        item_tag& highest = highest_[producer_of(before)];
        highest = std::max(highest, before);
    }

    // Of each producer but the current one's.
    std::array<item_tag, most_producers> last_{};
    std::array<item_tag, most_producers> highest_{};
    std::uint64_t depth_ = 0;
};

// One consumer's view: every item whole, and each producer's items in the order in which he put them in.
class receiver {
public:
    explicit receiver(producer_book& book) : book_(&book) {}

    template <class Item>
    [[gnu::always_inline]] void take(const Item& v) {
        seen_.popped.add(v.tag);
        if (v.torn()) ++seen_.damaged;
        // The next of the same producer, as mostly: nothing to look up.
        if (v.tag != current_ + 1) [[unlikely]] {
            const producer_book::finding found = book_->look_up(current_, v.tag);
            seen_.overtakes += found == producer_book::finding::overtook;
            seen_.damaged += found == producer_book::finding::of_nobody;
        }
        current_ = v.tag;
    }

    // Nothing pushed: a receiver only sees what comes out.
    verdict seen() const {
        verdict all = seen_;
        all.overtake_depth = book_->depth();
        return all;
    }
    std::uint64_t count() const { return seen_.popped.count; }

private:
    verdict seen_;
    item_tag current_ = 0;  // the item taken last
    producer_book* book_;
};

// Empty if the run is what the spec promises, else one line that says what is wrong.
std::string verify(const queue_spec& spec, const verdict& seen);

}  // namespace handoff
