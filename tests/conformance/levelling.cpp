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
constexpr std::size_t most_growth = 64 * 1024;

// What grows by less in the longest time is no growth.
constexpr std::size_t least_growth = 4 * 1024;

// What grows all the time, by however little, is seen to do so within this.
constexpr std::chrono::milliseconds longest_use{3'000};

// The memory in use before, and after each use.
class growth {
public:
    growth() {
        rose_.reserve(most_uses);
        before_ = most_ = bytes_in_use();
    }

    void look() {
        const std::size_t now = bytes_in_use();
        rose_.push_back(now > most_);
        most_ = std::max(most_, now);
    }
    std::size_t bytes() const { return most_ - before_; }
    std::size_t uses() const { return rose_.size(); }
    bool is_at_rest(std::size_t uses) const { return rose_.size() >= uses && rises_in_last(uses) == 0; }
    // Ups and downs pass their highest point ever more rarely; what is kept for ever passes it each time.
    bool goes_on() const { return uses() >= 20 && rises_in_last(uses() / 2) > uses() / 4; }

private:
    std::size_t rises_in_last(std::size_t uses) const {
        return static_cast<std::size_t>(
            std::count(rose_.end() - static_cast<std::ptrdiff_t>(uses), rose_.end(), true));
    }

    // As a rule: what this class takes is not to be seen as growth.
    static constexpr std::size_t most_uses = 10'000;

    std::size_t before_;
    std::size_t most_;
    std::vector<bool> rose_;
};

}  // namespace

void expect_levelling(const std::string& what, const std::function<void()>& use, std::size_t calls,
                      const char* unit, std::size_t enough_at_rest) {
    const doing step(what);
    for (int warm_up = 0; warm_up < 2; ++warm_up) use();
    growth grown;
    const auto end = std::chrono::steady_clock::now() + longest_use;
    bool over = false;
    while (!over && !grown.is_at_rest(enough_at_rest) && grown.bytes() <= most_growth) {
        use();
        if (testing::Test::HasFailure()) return;
        grown.look();
        over = std::chrono::steady_clock::now() >= end;
    }
    const bool too_much = grown.bytes() > most_growth;
    const bool never_levels_off = over && grown.bytes() > least_growth && grown.goes_on();
    EXPECT_FALSE(too_much || never_levels_off)
        << "the memory in use has grown by " << grown.bytes() << " bytes in " << grown.uses() * calls << " "
        << unit << ", and did not level off";
}

}  // namespace handoff::conformance
