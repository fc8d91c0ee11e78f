// Whether memory levels off while the same is done again and again.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace handoff::conformance {

// Does `use` until the memory in use has not grown in so many of them, one after the other, or has grown by
// more than a queue's caches and the allocator's may take up. What grows slowly is given more time than what
// stands still. `calls`: how many calls, items or handles one `use` is, which the failure names by `unit`.
void expect_levelling(const std::string& what, const std::function<void()>& use, std::size_t calls,
                      const char* unit, std::size_t enough_at_rest = 3);

}  // namespace handoff::conformance
