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

    void add(item_tag tag) {
        ++count;
        sum += tag;
        squares += tag * tag;
    }
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
    void take(const Item& v) {
        tally_.add(v.tag);
        if (v.torn()) ++damaged_;
        const unsigned producer = producer_of(v.tag);
        if (producer >= most_producers) [[unlikely]] {
            ++damaged_;
            return;
        }
        if (v.tag <= last_[producer]) ++overtakes_;
        last_[producer] = v.tag;
    }

    const tally& taken() const { return tally_; }
    std::uint64_t overtakes() const { return overtakes_; }
    std::uint64_t damaged() const { return damaged_; }

private:
    tally tally_;
    std::uint64_t overtakes_ = 0;  // pops that broke some producer's order, repeats included
    std::uint64_t damaged_ = 0;    // torn, or never put in by anybody
    std::array<item_tag, most_producers> last_{};
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
