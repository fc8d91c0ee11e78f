// Verification, in release builds and inside every timed run: what came out is what went in.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "../../impls/queue.hpp"
#include "item.hpp"

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

// One consumer's view: every item whole, and each producer's items in the order in which he put them in.
class receiver {
public:
    template <class Item>
    [[gnu::always_inline]] void take(const Item& v) {
        tally_.add(v.tag);
        if (v.torn()) ++damaged_;
        // The next of the same producer, as mostly: nothing to look up.
        if (v.tag != current_ + 1) [[unlikely]]
            look_up(v.tag);
        current_ = v.tag;
    }

    const tally& taken() const { return tally_; }
    std::uint64_t overtakes() const { return overtakes_; }
    std::uint64_t damaged() const { return damaged_; }

private:
    [[gnu::noinline]] void look_up(item_tag tag) {
        if (producer_of(current_) < most_producers) last_[producer_of(current_)] = current_;
        const unsigned producer = producer_of(tag);
        if (producer >= most_producers) {
            ++damaged_;
            return;
        }
        if (tag <= last_[producer]) ++overtakes_;
    }

    tally tally_;
    std::uint64_t overtakes_ = 0;                  // pops that broke some producer's order, repeats included
    std::uint64_t damaged_ = 0;                    // torn, or never put in by anybody
    item_tag current_ = 0;                         // the item taken last
    std::array<item_tag, most_producers> last_{};  // of each producer but the current one's
};

struct verdict {
    tally pushed;
    tally popped;
    std::uint64_t overtakes = 0;
    std::uint64_t damaged = 0;
};

// Empty if the run is what the spec promises, else one line that says what is wrong.
std::string verify(const queue_spec& spec, const verdict& seen);

}  // namespace handoff
