// Whether memory levels off while the same is done again and again.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace handoff::conformance {

struct levelling_rule {
    std::size_t enough_at_rest = 3;  // so many uses without growth, one after the other, are enough
    // Whether chance says how much a use needs: a thread that is set aside in the middle of a pop holds back
    // all blocks that a queue could use again meanwhile. Then how often memory grows is judged, and not by
    // how much.
    bool is_by_chance = false;
};

// Does `use` until the memory in use has not grown in so many of them, or has grown by more than a queue's
// caches and the allocator's may take up, or goes on to grow. `calls`: how many calls, items or handles one
// `use` is, which the failure names by `unit`.
void expect_levelling(const std::string& what, const std::function<void()>& use, std::size_t calls,
                      const char* unit, levelling_rule rule = {});

}  // namespace handoff::conformance
