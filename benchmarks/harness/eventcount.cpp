#include "eventcount.hpp"

#include "support/futex.hpp"

namespace handoff {

void eventcount::sleep(std::uint32_t announced, std::optional<std::int64_t> timeout_ns) {
    // Returns at once if the epoch has moved since the announcement.
    futex_wait(epoch_, announced, timeout_ns);
}

void eventcount::wake(int how_many) {
    epoch_.fetch_add(1);
    futex_wake(epoch_, how_many);
}

}  // namespace handoff
