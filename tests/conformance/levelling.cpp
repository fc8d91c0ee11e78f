#include "levelling.hpp"

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "build.hpp"
#include "session.hpp"

#if defined(HANDOFF_SANITIZED)
// As <sanitizer/allocator_interface.h> declares it, which comes with clang and not with g++.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#endif

namespace handoff::conformance {
namespace {

// What the allocator has given out and not got back.
std::size_t bytes_in_use() {
#if defined(HANDOFF_SANITIZED)
    return __sanitizer_get_current_allocated_bytes();
#else
    const struct mallinfo2 heap = mallinfo2();
    return heap.uordblks + heap.hblkhd;
#endif
}

// Far more than the caches of the allocator and of queues take up, once they are warm; and far less than a
// queue that keeps a byte of each item.
constexpr std::size_t much = 64 * 1024;

// What grows by less in the longest time is no growth; what has grown by more than the most is not given all
// of it.
constexpr std::size_t least_growth = 4 * 1024;
constexpr std::size_t most_growth = 256 * 1024 * 1024;

// What goes on to grow is told from what grows ever less within this.
constexpr std::chrono::milliseconds longest_use{3'000};

// The memory in use before, and after each use.
class growth {
public:
    // Fewer do not tell what goes on from what becomes rare.
    static constexpr std::size_t enough_uses = 40;

    growth() {
        most_.reserve(most_uses);
        most_.push_back(bytes_in_use());
    }

    void look() { most_.push_back(std::max(most_.back(), bytes_in_use())); }
    std::size_t bytes() const { return most_.back() - most_.front(); }
    std::size_t uses() const { return most_.size() - 1; }
    bool is_at_rest(std::size_t uses_enough) const {
        return uses() >= uses_enough && most_.back() == most_[uses() - uses_enough];
    }
    // What is kept for ever grows in most uses, or at least in many of the later half, and by as much as in
    // the earlier one. Ups and downs pass their highest point ever more rarely, and by ever less.
    bool goes_on() const {
        if (uses() < enough_uses || bytes() <= least_growth) return false;
        const std::size_t half = uses() / 2;
        const std::size_t rises = rises_in_last(half);
        const std::size_t lately = most_.back() - most_[uses() - half];
        return rises > half / 2 || (rises > half / 10 && lately > bytes() / 3);
    }

private:
    std::size_t rises_in_last(std::size_t uses) const {
        std::size_t rises = 0;
        for (auto use = most_.end() - static_cast<std::ptrdiff_t>(uses); use != most_.end(); ++use)
            if (*use > *(use - 1)) ++rises;
        return rises;
    }

    // As a rule: what this class takes is not to be seen as growth.
    static constexpr std::size_t most_uses = 10'000;

    std::vector<std::size_t> most_;  // in use until then: before, and after each use
};

}  // namespace

void expect_levelling(const std::string& what, const std::function<void()>& use, std::size_t calls,
                      const char* unit, levelling_rule rule) {
    const doing step(what);
    for (int warm_up = 0; warm_up < 2; ++warm_up) use();
    growth grown;
    const auto end = std::chrono::steady_clock::now() + longest_use;
    const auto takes_too_much = [&] { return grown.bytes() > much && !rule.is_by_chance; };
    const auto is_over = [&] {
        if (takes_too_much() || grown.is_at_rest(rule.enough_at_rest)) return true;
        if (grown.uses() < growth::enough_uses) return false;
        return std::chrono::steady_clock::now() >= end || (grown.bytes() > most_growth && grown.goes_on());
    };
    while (!is_over()) {
        use();
        if (testing::Test::HasFailure()) return;
        grown.look();
    }
    const bool levels_off = grown.is_at_rest(rule.enough_at_rest) || !grown.goes_on();
    EXPECT_TRUE(levels_off && !takes_too_much())
        << "the memory in use has grown by " << grown.bytes() << " bytes in " << grown.uses() * calls << " "
        << unit << ", and did not level off";
}

}  // namespace handoff::conformance
